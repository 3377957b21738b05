"""Corrections in words: "change the email to …", "not Antwerp, Limburg", "no, I meant …", by patterns."""

import re
from collections.abc import Iterator
from typing import Any

from dialogues import asking, filling
from dialogues.asking import open_draft
from dialogues.forms import Slot
from dialogues.phrases import normal, reads_like_a_name, weight
from dialogues.scene import Scene
from dialogues.slots import Given, exact, read

LONGEST = 200
"""Weight of the longest correction: more is a description."""
IN_DESCRIPTIONS = 60
"""Weight of the longest statement about another answer where a description is asked for."""


def correct(scene: Scene, text: str) -> bool:
    """Carry out a correction if the text is one; False leaves everything as it was."""
    plain = text.strip(" .!。！")
    if _by_command(scene, plain):
        return True
    if weight(plain) > LONGEST or scene.understanding.question:
        return False
    return (
        _replaced(scene, plain)
        or _negated(scene, plain)
        or _put_right(scene, plain)
        or _stated(scene, plain)
        or _added(scene, plain)
        or _instead(scene, plain)
        or _at_the_end(scene, plain)
        or _another_address(scene, text)
    )


def _by_command(scene: Scene, text: str) -> bool:
    """ "Change the email", "my email is wrong", "no, I meant …"."""
    _, _, slot = open_draft(scene)
    keys = ["correction.patterns"]
    if slot.type != "text":
        keys.append("correction.beside_descriptions")
    patterns = [p for c in scene.world.texts.by_language.values() for key in keys for p in c.get(key, ())]
    found = (re.fullmatch(pattern, text, re.IGNORECASE) for pattern in patterns)
    return any(_apply(scene, **match.groupdict()) for match in found if match)


def _apply(scene: Scene, field: str | None = None, value: str | None = None) -> bool:
    draft, _, _ = open_draft(scene)
    if field is None:
        return value is not None and _meant(scene, value)
    slot = _slot_named(scene, field)
    if slot is None or (slot.id not in draft.slots and slot.id != draft.awaiting):
        return False
    given = read(scene, slot, value) if value else None
    if isinstance(given, Given):
        filling.accept(scene, slot, given.value)
    else:
        filling.edit(scene, slot.id)
    return True


def _meant(scene: Scene, value: str) -> bool:
    """A new value without a name is for the last answer, unless another one alone can take it."""
    draft, form, _ = open_draft(scene)
    if not draft.history:
        return False
    last = form.slot(draft.history[-1])
    sure = list(_takers(scene, value))
    if sure and (last.free or last not in sure):
        filling.accept(scene, sure[0], _value(scene, sure[0], value))
        return True
    given = read(scene, last, value)
    if isinstance(given, Given):
        filling.accept(scene, last, given.value)
    return isinstance(given, Given)


def _replaced(scene: Scene, text: str) -> bool:
    """ "Not Antwerp, Limburg", "jan@x.be should be jan@y.be": the old value tells which answer is meant."""
    for words in scene.world.patterns.whole("replaced", text):
        for slot in _answered(scene):
            value = _exchanged(scene, slot, words["old"].strip(), words["new"].strip(" ,"))
            if value is not None:
                filling.accept(scene, slot, value)
                return True
        if _chosen_instead(scene, words["old"], words["new"]):
            return True
    return False


def _chosen_instead(scene: Scene, old: str, new: str) -> bool:
    """The same for the open choice, or for an answer that is the new value already."""
    draft, _, asked = open_draft(scene)
    for slot in (asked, *_answered(scene)):
        if slot.type != "choice" or not exact(scene, slot, old) or not (wanted := exact(scene, slot, new)):
            continue
        if slot is asked or draft.slots.get(slot.id) == wanted[0]:
            filling.accept(scene, slot, wanted[0], asking.noted(scene, slot, wanted[0]))
            return True
    return False


def _exchanged(scene: Scene, slot: Slot, old: str, new: str) -> Any:
    """An answer with the new value for the old one, None if the old one is not in it."""
    draft, _, _ = open_draft(scene)
    before = draft.slots[slot.id]
    if slot.type in ("choice", "choices"):
        held, wanted = exact(scene, slot, old), exact(scene, slot, new)
        if not held or not wanted or not set(held) <= set(before if isinstance(before, list) else [before]):
            return None
        if slot.type == "choice":
            return wanted[0]
        return filling.in_order(scene, slot, [*(v for v in before if v not in held), *wanted])
    if not isinstance(before, str) or slot.type == "consent":
        return None
    whole = normal(before) == normal(old)
    places = [m.span() for m in re.finditer(rf"(?<!\w){re.escape(old)}(?!\w)", before, re.IGNORECASE)]
    if not whole and (slot.type == "email" or len(places) != 1):
        return None
    text = new if whole else before[: places[0][0]] + new + before[places[0][1] :]
    given = read(scene, slot, text)
    return given.value if isinstance(given, Given) else None


def _negated(scene: Scene, text: str) -> bool:
    """ "Not Antwerp": what then is asked again."""
    draft, _, _ = open_draft(scene)
    for words in scene.world.patterns.whole("negated", text):
        for slot in _answered(scene):
            given = draft.slots[slot.id]
            chosen = slot.type == "choice" and given in exact(scene, slot, words["old"])
            if chosen or (isinstance(given, str) and normal(given) == normal(words["old"])):
                filling.edit(scene, slot.id)
                return True
    return False


def _put_right(scene: Scene, text: str) -> bool:
    """ "The email is wrong, it should be x@y.be"."""
    return any(_apply(scene, **words) for words in scene.world.patterns.whole("put_right", text))


def _stated(scene: Scene, text: str) -> bool:
    """ "The email is x@y.be": where a description is asked for, only of what can't be part of one."""
    draft, _, asked = open_draft(scene)
    for words in scene.world.patterns.whole("stated", text):
        slot = _slot_named(scene, words["field"])
        if slot is None or slot.type == "consent" or (slot.id not in draft.slots and slot.id != draft.awaiting):
            continue
        if asked.type == "text" and slot is not asked and (slot.free or weight(text) > IN_DESCRIPTIONS):
            continue
        given = read(scene, slot, words["value"])
        if isinstance(given, Given):
            filling.accept(scene, slot, given.value)
            return True
    return False


def _added(scene: Scene, text: str) -> bool:
    """ "Wait, also industrial water": one more for a list that was given."""
    draft, _, asked = open_draft(scene)
    if asked.type == "choices":
        return False
    for words in scene.world.patterns.whole("added", text):
        for slot in _answered(scene):
            more = exact(scene, slot, words["value"]) if slot.type == "choices" else []
            if more:
                filling.accept(scene, slot, filling.in_order(scene, slot, [*draft.slots[slot.id], *more]))
                return True
    return False


def _instead(scene: Scene, text: str) -> bool:
    """ "No, Limburg", "after all alone": a value that the open question does not take and another answer does."""
    _, _, asked = open_draft(scene)
    for words in scene.world.patterns.whole("instead", text):
        value = words["value"].strip()
        if exact(scene, asked, value) or (asked.type == "email" and "@" in value):
            return False
        if sure := list(_takers(scene, value)):
            filling.accept(scene, sure[0], _value(scene, sure[0], value))
            return True
        if _another_name(scene, value):
            return True
    return False


def _another_name(scene: Scene, value: str) -> bool:
    """ "Sorry, An Peeters" right after the name, where no name is asked for."""
    draft, form, asked = open_draft(scene)
    last = form.slot(draft.history[-1]) if draft.history else asked
    is_name = reads_like_a_name(value) or re.fullmatch(r"[\u4e00-\u9fff·]{2,4}", value)
    names_a_topic = any(scene.understanding.values(kind) for kind in ("region", "province", "challenge"))
    if asked.free or last.type not in ("name", "person") or not is_name or names_a_topic:
        return False
    if isinstance(read(scene, asked, value), Given) or not isinstance(given := read(scene, last, value), Given):
        return False
    filling.accept(scene, last, given.value)
    return True


def _at_the_end(scene: Scene, text: str) -> bool:
    """On the review and at the consent before it, the bare value or name of an answer changes it."""
    draft, _, asked = open_draft(scene)
    if asked.type not in ("consent", "review"):
        return False
    slot = _slot_named(scene, text) if asked.type == "review" else None
    if slot is not None and slot.id in draft.slots:
        filling.edit(scene, slot.id)
        return True
    sure = [s for s in _takers(scene, text) if s.type in ("choice", "choices")]
    if len(sure) == 1:
        filling.accept(scene, sure[0], _value(scene, sure[0], text))
    return len(sure) == 1


def _another_address(scene: Scene, text: str) -> bool:
    """An e-mail address where a choice or a yes is asked for can only replace the one given before."""
    draft, form, slot = open_draft(scene)
    given_before = next((s for s in form.slots if s.type == "email" and s.id in draft.slots), None)
    if given_before is None or slot.free or slot.type == "email":
        return False
    given = read(scene, given_before, text)
    if not isinstance(given, Given):
        return False
    filling.accept(scene, given_before, given.value)
    return True


def _answered(scene: Scene) -> Iterator[Slot]:
    """The slots with an answer, the latest first."""
    draft, form, _ = open_draft(scene)
    for name in reversed(draft.history):
        if draft.slots.get(name) is not None:
            yield form.slot(name)


def _takers(scene: Scene, value: str) -> Iterator[Slot]:
    """The answered slots, latest first, that surely take a value: by an option's own name, or an address."""
    for slot in _answered(scene):
        is_address = slot.type == "email" and "@" in value and isinstance(read(scene, slot, value), Given)
        if is_address or (slot.type in ("choice", "choices") and exact(scene, slot, value)):
            yield slot


def _value(scene: Scene, slot: Slot, value: str) -> Any:
    if slot.type == "email":
        given = read(scene, slot, value)
        return given.value if isinstance(given, Given) else None
    named = exact(scene, slot, value)
    return filling.in_order(scene, slot, named) if slot.type == "choices" else named[0]


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
