"""Answers that say more than their choice: "We lead, and look for a partner for drying sludge"."""

from typing import Any

from dialogues import asking, filling
from dialogues.asking import open_draft
from dialogues.forms import Slot
from dialogues.phrases import weight
from dialogues.scene import Scene
from dialogues.slots import Given, read

A_NOTE = 12
"""Weight from which what stands beside the choice says something of its own."""
A_CHOICE = 40
"""Weight up to which an answer may be nothing but a choice in many words."""


def hear(scene: Scene, slot: Slot, text: str) -> bool:
    """Keep a choice with what was said beside it, and confirm both; what names no choice leaves that open."""
    values = held(scene, slot, text)
    if not values:
        return False
    asking.ask(scene, filling.keep_several(scene, values))
    return True


def held(scene: Scene, slot: Slot, text: str) -> dict[str, Any]:
    """The choice and the whole text as its note; empty where the text is a choice alone, or neither."""
    if slot.note is None:
        return {}
    _, form, _ = open_draft(scene)
    note = read(scene, form.slot(slot.note), text)
    if not isinstance(note, Given):
        return {}
    chosen = _chosen(scene, slot, text)
    if chosen is not None:
        value, (start, end) = chosen
        beside = sum(weight(c) for c in text[:start] + text[end:] if c.isalnum())
        return {slot.id: value, slot.note: note.value} if beside >= A_NOTE else {}
    if any(scene.world.patterns.search("partner", text)):
        return {slot.note: note.value}
    given = read(scene, slot, text) if weight(text) > A_CHOICE else None
    return {slot.id: given.value, slot.note: note.value} if isinstance(given, Given) else {}


def _chosen(scene: Scene, slot: Slot, text: str) -> tuple[str, tuple[int, int]] | None:
    """The option that is said first, of two at one place the longer one, and where it stands."""
    said = [(value, found.span()) for value in slot.options for found in scene.world.patterns.search(value, text)]
    return min(said, key=lambda pair: (pair[1][0], -pair[1][1]), default=None)
