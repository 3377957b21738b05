"""Going on in another channel: a code from here is typed there, and what was begun here goes on there."""

import re
from datetime import timedelta

from dialogues import asking
from dialogues.effects import IssueCode, MissCode, TakeOver
from dialogues.messages import Button
from dialogues.scene import Scene
from dialogues.state import State

VALID = timedelta(minutes=30)
"""How long a code can be used."""
_CODE = re.compile(r"(?:/start )?([34679CFGHJKMNPRTWXY]{4})[- ]?([34679CFGHJKMNPRTWXY]{4})", re.IGNORECASE)
"""As `bot.references` draws it. A link to Telegram's bot sends it behind /start."""


def read_code(text: str) -> str | None:
    """The code that a text is. It has both a letter and a digit, which no number and hardly any name has."""
    found = _CODE.fullmatch(text.strip())
    code = (found[1] + found[2]).upper() if found else ""
    return code if any(c.isdigit() for c in code) and any(c.isalpha() for c in code) else None


def offer(scene: Scene) -> None:
    """Give a code, if there is anything to go on with."""
    state, code = scene.state, scene.event.code
    if not (state.form or state.paused or scene.event.intakes):
        return scene.notice("move.nothing", [scene.button(scene.usual_form)])
    scene.effects.append(IssueCode(code))
    minutes = int(VALID.total_seconds() // 60)
    buttons = [scene.control("form:continue")] if state.form else []
    return scene.notice("move.code", buttons, code=f"{code[:4]}-{code[4:]}", minutes=minutes)


def hear(scene: Scene, text: str) -> bool:
    """Take a code. Every code that does not fit gets the same answer: it tells nothing about the others."""
    code, state, brought = read_code(text), scene.state, scene.event.brought
    if code is None:
        return False
    state.confirming = state.adding = None
    if brought is None:
        scene.effects.append(MissCode())
        scene.notice("move.unknown")
    elif _drafts(state) and _drafts(brought):
        scene.notice("move.draft_here")
    else:
        scene.effects.append(TakeOver(code, scene.voice.say("move.elsewhere")))
        _take_over(state, brought)
        scene.notice("move.here", [] if state.form else _ways(scene))
    if state.form is not None:
        asking.ask(scene)
    return True


def _drafts(state: State) -> bool:
    return state.form is not None or state.paused is not None


def _take_over(state: State, brought: State) -> None:
    state.form, state.paused = state.form or brought.form, state.paused or brought.paused
    state.topic, state.beside = brought.topic or state.topic, brought.beside
    state.reference = brought.reference or state.reference
    if state.paused is not None:
        state.paused.remind = False
    if state.waiting is not None and brought.waiting is not None:
        state.waiting.files += brought.waiting.files
    state.waiting = state.waiting or brought.waiting
    if not state.language_chosen:
        state.language, state.language_chosen = brought.language or state.language, brought.language_chosen


def _ways(scene: Scene) -> list[Button]:
    resume = [scene.control("form:resume")] if scene.state.paused else []
    return [*resume, scene.button("action:status")]
