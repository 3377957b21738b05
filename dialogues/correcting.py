"""Corrections in words: "change the email to …", "no, I meant …", by the patterns written in the texts."""

import re

from dialogues import asking, filling
from dialogues.asking import open_draft
from dialogues.forms import Slot
from dialogues.phrases import normal
from dialogues.scene import Scene
from dialogues.slots import Given, read


def correct(scene: Scene, text: str) -> bool:
    """Carry out a correction if the text is one; False leaves everything as it was."""
    _, _, slot = open_draft(scene)
    keys = ["correction.patterns"]
    if slot.type != "text":
        keys.append("correction.beside_descriptions")
    patterns = [p for c in scene.world.texts.by_language.values() for key in keys for p in c.get(key, ())]
    for pattern in patterns:
        found = re.fullmatch(pattern, text.strip(" .!。！"), re.IGNORECASE)
        if found and _apply(scene, **found.groupdict()):
            return True
    return _another_address(scene, slot, text)


def _another_address(scene: Scene, slot: Slot, text: str) -> bool:
    """An e-mail address where a choice or a yes is asked for can only replace the one given before."""
    draft, form, _ = open_draft(scene)
    given_before = next((s for s in form.slots if s.type == "email" and s.id in draft.slots), None)
    if given_before is None or slot.free or slot.type == "email" or scene.understanding.question:
        return False
    given = read(scene, given_before, text)
    if not isinstance(given, Given):
        return False
    filling.accept(scene, given_before, given.value)
    return True


def _apply(scene: Scene, field: str | None = None, value: str | None = None) -> bool:
    draft, form, _ = open_draft(scene)
    if field is None:
        slot = form.slot(draft.history[-1]) if draft.history else None
    else:
        slot = _slot_named(scene, field)
    if slot is None or (slot.id not in draft.slots and slot.id != draft.awaiting):
        return False
    given = read(scene, slot, value) if value else None
    if isinstance(given, Given):
        filling.accept(scene, slot, given.value)
    elif value and field is None:
        return False
    else:
        filling.edit(scene, slot.id)
    return True


def _slot_named(scene: Scene, field: str) -> Slot | None:
    """The slot that people call so, in any language."""
    draft, form, _ = open_draft(scene)
    plain = normal(field)
    for slot in form.applicable(draft.slots):
        if slot.type == "review":
            continue
        for catalogue in scene.world.texts.by_language.values():
            prefix = f"form.{draft.kind}.{slot.id}"
            words = [catalogue.get(f"{prefix}.label", ""), *catalogue.get(f"{prefix}.words", ())]
            if plain in (normal(str(w)) for w in words if w):
                return slot
    return None


def which(scene: Scene) -> None:
    """Ask which answer is meant, or say that nothing was answered yet."""
    draft, _, _ = open_draft(scene)
    if draft.slots:
        asking.fields(scene)
    else:
        asking.ask(scene)
