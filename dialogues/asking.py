"""Putting a form's questions: wording, progress, buttons and the review."""

from collections.abc import Sequence
from typing import Any

from dialogues.forms import Form, Slot
from dialogues.messages import Button
from dialogues.scene import Scene
from dialogues.slots import options
from dialogues.state import Attachment, Draft

STUCK = 3
"""Misses on one slot after which skipping or a person is offered."""


_LONGEST_NAME = 30
"""Characters of a file's name on a button."""


def open_draft(scene: Scene) -> tuple[Draft, Form, Slot]:
    """The form under way. Raises ValueError when there is none."""
    draft = scene.state.form
    if draft is None:
        raise ValueError("no form is open")
    form = scene.world.forms[draft.kind]
    return draft, form, form.slot(draft.awaiting)


def text_of(scene: Scene, slot: Slot, part: str) -> str:
    """A slot's text (`ask`, `label`, `why`, `example`) in the open form's wording."""
    draft, _, _ = open_draft(scene)
    return scene.voice.say(f"form.{draft.kind}.{slot.id}.{part}")


def ask(scene: Scene, lead: str = "", first: Sequence[Button] = ()) -> None:
    """Put the open question, after a lead-in and with other buttons first if there are any."""
    _, _, slot = open_draft(scene)
    if slot.type == "review":
        return review(scene, lead)
    return _put(scene, lead, _numbered(scene, slot), first)


def ask_again(scene: Scene) -> None:
    """Put the open question again after something in between. Its list was read before; the buttons hold it."""
    _, _, slot = open_draft(scene)
    lead = scene.voice.say("form.again")
    return review(scene, lead) if slot.type == "review" else _put(scene, lead)


def _put(scene: Scene, lead: str, listed: str = "", first: Sequence[Button] = ()) -> None:
    draft, form, slot = open_draft(scene)
    step, total = form.progress(slot.id, draft.slots)
    question = scene.voice.say("form.question", step=step, total=total, ask=text_of(scene, slot, "ask"))
    parts = [lead, question, listed, _so_far(scene, draft, slot)]
    scene.say("form", "\n\n".join(p for p in parts if p), [*first, *_buttons(scene, draft, slot)])


def ticked(scene: Scene) -> None:
    """Show a multi-choice again after one option was ticked or unticked."""
    draft, _, slot = open_draft(scene)
    key = "form.ticked" if draft.selected else "form.ticked_none"
    text = scene.voice.say(key, selected=scene.voice.listing(draft.selected))
    scene.say("form", text, _buttons(scene, draft, slot))


def explain(scene: Scene, code: str) -> None:
    """Say kindly why the answer does not fit: an example the second time, ways out from the third.

    From then on the wording changes each time, so that nobody reads the same sentence twice in a row.
    """
    draft, _, slot = open_draft(scene)
    draft.failures += 1
    voice = scene.voice
    problem = voice.say(f"form.problem.{code}", label=text_of(scene, slot, "label"), longest=slot.longest)
    if draft.failures == 1:
        return ask(scene, problem)
    example = text_of(scene, slot, "example")
    explained = voice.say("form.problem_with_example", problem=problem, example=example)
    if draft.failures < STUCK:
        return scene.say("form", explained, _choices(scene, draft, slot))
    way_out = voice.say("form.stuck_optional" if slot.optional else "form.stuck")
    ways = [f"{explained}\n\n{way_out}", *(voice.say(f"form.stuck_again.{n}", example=example) for n in "12")]
    text = ways[0] if draft.failures == STUCK else ways[1 + draft.failures % 2]
    return scene.say("form", text, [scene.button("action:human"), *_choices(scene, draft, slot)])


def _choices(scene: Scene, draft: Draft, slot: Slot) -> list[Button]:
    """The buttons of a question, those of the review short: its answers stand above."""
    if slot.type == "review":
        return [scene.control("form:confirm"), scene.control("command:correct"), scene.control("form:cancel")]
    return _buttons(scene, draft, slot)


def review(scene: Scene, lead: str = "") -> None:
    """Everything on one screen; each field has its button."""
    draft, form, _ = open_draft(scene)
    fields = [s for s in form.applicable(draft.slots) if s.id in draft.slots]
    lines = [
        "• " + scene.voice.say("form.line", label=text_of(scene, s, "label"), value=shown(scene, s, draft.slots[s.id]))
        for s in fields
    ]
    lines += _files(scene, draft)
    text = "\n".join([*([lead, ""] if lead else []), scene.voice.say("form.review"), "", *lines])
    edits = [Button(scene.voice.say("form.edit", label=text_of(scene, s, "label")), f"edit:{s.id}") for s in fields]
    removals = [_removal(scene, file) for file in draft.attachments]
    scene.say("form", text, [scene.control("form:confirm"), *edits, *removals, scene.control("form:cancel")])


def _files(scene: Scene, draft: Draft) -> list[str]:
    """The line of the review that names the files, if there are any."""
    names = scene.voice.say("list.separator").join(file.name for file in draft.attachments)
    label = scene.voice.say("form.attachments.label")
    return ["• " + scene.voice.say("form.line", label=label, value=names)] if names else []


def _removal(scene: Scene, file: Attachment) -> Button:
    name = file.name if len(file.name) <= _LONGEST_NAME else f"{file.name[: _LONGEST_NAME - 10]}…{file.name[-9:]}"
    return Button(scene.voice.say("form.attachments.remove", name=name), f"remove:{file.id}")


def fields(scene: Scene) -> None:
    """Ask which answer is to be changed."""
    draft, form, _ = open_draft(scene)
    given = [s for s in form.applicable(draft.slots) if s.id in draft.slots]
    buttons = [Button(text_of(scene, s, "label"), f"edit:{s.id}") for s in given]
    scene.say("form", scene.voice.say("form.which_field"), [*buttons, scene.control("form:continue")])


def noted(scene: Scene, slot: Slot, value: Any) -> str:
    """An answer with its label, confirmed."""
    line = scene.voice.say("form.line", label=text_of(scene, slot, "label"), value=shown(scene, slot, value))
    return scene.voice.say("form.noted", answers=line)


def shown(scene: Scene, slot: Slot, value: Any) -> str:
    """An answer as the person should read it."""
    if value is None or value == []:
        return scene.voice.say("form.skipped")
    if slot.type == "consent":
        return scene.voice.say("button.slot:consent=yes")
    if slot.type == "choices":
        return scene.voice.listing(value)
    return scene.voice.name(value) if slot.type == "choice" else str(value)


def _so_far(scene: Scene, draft: Draft, slot: Slot) -> str:
    """The answer given before, when the question is put again."""
    if slot.id not in draft.slots:
        return ""
    return scene.voice.say("form.now", value=shown(scene, slot, draft.slots[slot.id]))


def _numbered(scene: Scene, slot: Slot) -> str:
    """The options of a multi-choice by number, so that they can be typed as numbers."""
    if slot.type != "choices":
        return ""
    return "\n".join(f"{n}. {scene.voice.name(v)}" for n, v in enumerate(options(scene, slot), 1))


def _buttons(scene: Scene, draft: Draft, slot: Slot) -> list[Button]:
    buttons = [scene.control("form:done")] if slot.type == "choices" and draft.selected else []
    if slot.type in ("choice", "choices"):
        for value in options(scene, slot):
            tick = "✓ " if value in draft.selected else ""
            buttons.append(Button(tick + scene.voice.name(value), f"slot:{slot.id}={value}"))
    if slot.type == "consent":
        buttons += [scene.control("slot:consent=yes"), scene.control("slot:consent=no")]
    if slot.optional and not draft.selected:
        buttons.append(scene.control("form:skip"))
    if draft.history:
        buttons.append(scene.control("form:back"))
    return [*buttons, scene.control("form:cancel")]
