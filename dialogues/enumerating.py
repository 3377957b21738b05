"""Several answers by name in one message: "the name is Jan Peeters and the mail jan@x.be"."""

from collections.abc import Iterator
from typing import Any

from dialogues import asking, filling
from dialogues.asking import open_draft
from dialogues.forms import Slot
from dialogues.naming import slot_named
from dialogues.phrases import weight
from dialogues.scene import Scene
from dialogues.slots import Given, read

LONGEST = 200
"""Weight of the longest such message: more is a description."""
_ENDS = " .,;!，。；！、\n"


def correct(scene: Scene, text: str) -> bool:
    """Keep two answers or more that a text gives by name; False, and nothing is kept, where any part is no answer.

    Where a description is asked for, only answers given before are changed: it may well enumerate itself.
    """
    if weight(text) > LONGEST:
        return False
    draft, _, asked = open_draft(scene)
    values: dict[str, Any] = {}
    for slot, value in _entries(scene, text):
        given = read(scene, slot, value)
        if slot.id in values or slot.type in ("consent", "review") or not isinstance(given, Given):
            return False
        values[slot.id] = given.value
    if len(values) < 2 or (asked.type == "text" and (asked.id in values or not values.keys() <= draft.slots.keys())):
        return False
    asking.ask(scene, filling.keep_several(scene, values))
    return True


def _entries(scene: Scene, text: str) -> Iterator[tuple[Slot, str]]:
    """Each answer with the slot that it names. What names none belongs to the answer before it."""
    start, held = 0, None
    for piece_start, end in scene.world.patterns.between("joint", text):
        entry = _entry(scene, text[piece_start:end])
        if held is not None and entry is not None:
            yield held
            start = piece_start
        held = _entry(scene, text[start:end])
    if held is not None:
        yield held


def _entry(scene: Scene, text: str) -> tuple[Slot, str] | None:
    for key in ("entry", "bare_entry"):
        for words in scene.world.patterns.whole(key, text.strip(_ENDS)):
            if slot := slot_named(scene, words["field"]):
                return slot, words["value"].strip(_ENDS)
    return None
