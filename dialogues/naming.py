"""Which answer of a form is meant: by what people call it, or by a value that only it can take."""

from collections.abc import Iterator
from typing import Any

from dialogues import filling
from dialogues.asking import open_draft
from dialogues.forms import Slot
from dialogues.phrases import normal
from dialogues.scene import Scene
from dialogues.slots import Given, exact, read


def slot_named(scene: Scene, field: str) -> Slot | None:
    """The slot that people call so, in any language."""
    draft, form, _ = open_draft(scene)
    plain = normal(field)
    for slot in form.applicable(draft.slots):
        if slot.type == "review":
            continue
        if plain in scene.world.titles.of_slot(draft.kind, slot.id):
            return slot
    return None


def answered(scene: Scene) -> Iterator[Slot]:
    """The slots with an answer, the latest first."""
    draft, form, _ = open_draft(scene)
    for name in reversed(draft.history):
        if draft.slots.get(name) is not None:
            yield form.slot(name)
    yield from (slot for slot in form.slots if not slot.asked and slot.id in draft.slots)


def correctable(scene: Scene, slot: Slot) -> bool:
    """Whether a slot can be given by name: it has an answer, it is the open one, or it is never asked for."""
    draft, _, _ = open_draft(scene)
    return slot.id in draft.slots or slot.id == draft.awaiting or not slot.asked


def takers(scene: Scene, value: str) -> Iterator[Slot]:
    """The answered slots, latest first, that surely take a value: by an option's own name, or an address."""
    for slot in answered(scene):
        is_address = slot.type == "email" and "@" in value and isinstance(read(scene, slot, value), Given)
        if is_address or (slot.type in ("choice", "choices") and exact(scene, slot, value)):
            yield slot


def value_for(scene: Scene, slot: Slot, value: str) -> Any:
    """The value as an answer to a slot that takes it."""
    if slot.type == "email":
        given = read(scene, slot, value)
        return given.value if isinstance(given, Given) else None
    named = exact(scene, slot, value)
    return filling.in_order(scene, slot, named) if slot.type == "choices" else named[0]
