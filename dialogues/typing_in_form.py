"""A text while a form is open: an answer, a command, a correction, or a question in between.

In a free-text slot what is typed is the answer, unless it is surely something else.
"""

from typing import Any

from dialogues import asking, correcting, digressing, drafts, filling, mining, noting, pressing, remarking
from dialogues.asking import open_draft
from dialogues.forms import Slot
from dialogues.messages import Button
from dialogues.phrases import normal
from dialogues.scene import Scene
from dialogues.slots import Given, Problem, options, read, spelled_out
from dialogues.state import Doubt

OPTIONAL_NONE = ("none", "command:skip", "deny", "refuse")


def hear(scene: Scene, text: str) -> None:
    """Take a typed text as what it most likely is."""
    _, _, slot = open_draft(scene)
    if not any(c.isalnum() for c in text) and not (slot.optional and _is(scene, text, OPTIONAL_NONE)):
        return asking.explain(scene, "empty")
    if _typed_control(scene, text) or _left(scene, text) or _phrase(scene, slot, text):
        return None
    if remarking.hear(scene, text) or remarking.withheld(scene, text):
        return None
    if correcting.correct(scene, text) or _several(scene, slot, text):
        return None
    if digressing.question(scene, slot, text) or digressing.command(scene, slot, text):
        return None
    return _answer(scene, slot, text)


def _left(scene: Scene, text: str) -> bool:
    """ "Never mind" where an answer was about to be changed: it stays as it is."""
    if not filling.editing(scene) or not _is(scene, text, ("command:cancel", "deny")):
        return False
    filling.leave(scene)
    return True


def _several(scene: Scene, slot: Slot, text: str) -> bool:
    """Answers to several questions in one message; a question beside them is answered as well."""
    draft, form, _ = open_draft(scene)
    if slot.type in ("text", "consent", "review") or not scene.understanding.text:
        return False
    held = mining.mine(scene, form, text, slot)
    new = {name: value for name, value in held.items() if name not in draft.slots}
    ahead = [form.slot(name) for name in new if name != slot.id]
    if not ahead or (len(new) < 2 and ahead[0].type != "email"):
        return False
    if slot.id not in new and slot.type in ("choice", "choices"):
        given = read(scene, slot, text)
        new |= noting.held(scene, slot, text) or ({slot.id: given.value} if isinstance(given, Given) else {})
    noted = filling.keep_several(scene, new)
    _, _, asked = open_draft(scene)
    if scene.understanding.question and scene.understanding.verdict == "sure":
        scene.say("form", noted)
        if digressing.question(scene, asked, text):
            return True
    asking.ask(scene, noted)
    return True


def _is(scene: Scene, text: str, commands: tuple[str, ...]) -> bool:
    plain = text.strip()
    return (plain in ("-", "–", "—", "/", "x", "X") and "none" in commands) or (scene.command(text) in commands)


def _typed_control(scene: Scene, text: str) -> bool:
    """The title of a button on the open question, typed."""
    _, _, slot = open_draft(scene)
    plain = normal(text)
    for choice in scene.state.offered:
        if plain and plain == normal(choice.title) and not _answers(scene, slot, choice.payload):
            pressing.press(scene, choice.payload)
            return True
    return False


def _answers(scene: Scene, slot: Slot, payload: str) -> bool:
    """Whether a button's payload is an answer rather than what steers."""
    return payload.startswith("slot:") or payload in options(scene, slot)


def _phrase(scene: Scene, slot: Slot, text: str) -> bool:
    """A text that is a command as a whole."""
    command = scene.command(text)
    if slot.optional and _is(scene, text, OPTIONAL_NONE):
        filling.skip(scene)
        return True
    if command is None or command in ("none", "all", "affirm", "agree", "deny", "refuse"):
        return False
    if command == "command:done" and slot.type == "review":
        return False
    pressing.press(scene, command)
    return True


def _answer(scene: Scene, slot: Slot, text: str) -> None:
    if noting.hear(scene, slot, text):
        return None
    given = read(scene, slot, text)
    if isinstance(given, Problem):
        return digressing.mistaken(scene, slot, given)
    if slot.type == "review":
        return drafts.submit(scene) if given.value else asking.fields(scene)
    if slot.type in ("choice", "choices"):
        return _choose(scene, slot, text, given.value)
    return _accept(scene, slot, given)


def _choose(scene: Scene, slot: Slot, text: str, value: Any) -> None:
    """Keep what was chosen, and tell what that is where it was described or misspelt."""
    draft, _, _ = open_draft(scene)
    chosen = filling.with_ticked(scene, slot, value) if slot.type == "choices" else value
    tell = slot.id not in draft.slots and not spelled_out(scene, slot, text)
    filling.accept(scene, slot, chosen, asking.noted(scene, slot, chosen) if tell else "")


def _accept(scene: Scene, slot: Slot, given: Given) -> None:
    """Keep the answer; if it may have been a question, a button takes it back."""
    understanding = scene.understanding
    topics = [i.name for i in understanding.intents if i.name in scene.kb and scene.kb.topic(i.name).facts]
    if slot.type != "text" or not understanding.question or not topics:
        return filling.accept(scene, slot, given.value)
    button = Button(scene.voice.say("button.doubt:question"), "doubt:question")
    filling.accept(scene, slot, given.value, scene.voice.say("form.kept_as_answer"), [button])
    scene.state.doubt = Doubt(slot=slot.id, topic=topics[0])
    return None
