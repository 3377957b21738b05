"""Corrections that name no answer, only a value: "not Antwerp, Limburg", "no, Limburg", "also sludge"."""

import re
from typing import Any

from dialogues import asking, filling, noting
from dialogues.asking import open_draft
from dialogues.forms import Slot
from dialogues.naming import answered, slot_named, takers, value_for
from dialogues.phrases import normal, reads_like_a_name
from dialogues.scene import Scene
from dialogues.slots import Given, exact, read


def replaced(scene: Scene, text: str) -> bool:
    """ "Not Antwerp, Limburg", "jan@x.be should be jan@y.be": the old value tells which answer is meant."""
    for words in scene.world.patterns.whole("replaced", text):
        for slot in answered(scene):
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
    for slot in (asked, *answered(scene)):
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


def negated(scene: Scene, text: str) -> bool:
    """ "Not Antwerp": what then is asked again; of several chosen ones it is left out."""
    draft, _, _ = open_draft(scene)
    for words in scene.world.patterns.whole("negated", text):
        for slot in answered(scene):
            given = draft.slots[slot.id]
            chosen = slot.type == "choice" and given in exact(scene, slot, words["old"])
            if chosen or (isinstance(given, str) and normal(given) == normal(words["old"])):
                filling.edit(scene, slot.id)
                return True
            if slot.type == "choices" and _left_out(scene, slot, words["old"]):
                return True
    return False


def _left_out(scene: Scene, slot: Slot, old: str) -> bool:
    """Leave out some of the chosen ones; where none remains the question is put again."""
    draft, _, _ = open_draft(scene)
    before, named = draft.slots[slot.id], exact(scene, slot, old)
    if not named or not set(named) <= set(before):
        return False
    if rest := [v for v in before if v not in named]:
        filling.accept(scene, slot, rest)
    else:
        filling.edit(scene, slot.id)
    return True


def added(scene: Scene, text: str) -> bool:
    """ "Wait, also industrial water": one more for a list that was given."""
    draft, _, asked = open_draft(scene)
    if asked.type == "choices":
        return False
    for words in scene.world.patterns.whole("added", text):
        for slot in answered(scene):
            more = exact(scene, slot, words["value"]) if slot.type == "choices" else []
            if more:
                filling.accept(scene, slot, filling.in_order(scene, slot, [*draft.slots[slot.id], *more]))
                return True
    return False


def instead(scene: Scene, text: str) -> bool:
    """ "No, Limburg", "after all alone": a value that the open question does not take and another answer does."""
    _, _, asked = open_draft(scene)
    for words in scene.world.patterns.whole("instead", text):
        value = words["value"].strip()
        if exact(scene, asked, value) or (asked.type == "email" and "@" in value):
            return False
        if sure := list(takers(scene, value)):
            filling.accept(scene, sure[0], value_for(scene, sure[0], value))
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


def at_the_end(scene: Scene, text: str) -> bool:
    """On the review and at the consent before it, the bare value or name of an answer changes it."""
    draft, _, asked = open_draft(scene)
    if asked.type not in ("consent", "review"):
        return False
    slot = slot_named(scene, text) if asked.type == "review" else None
    if slot is not None and slot.id in draft.slots:
        filling.edit(scene, slot.id)
        return True
    sure = [s for s in takers(scene, text) if s.type in ("choice", "choices")]
    if len(sure) == 1:
        filling.accept(scene, sure[0], value_for(scene, sure[0], text))
    return len(sure) == 1


def another_address(scene: Scene, text: str) -> bool:
    """An e-mail address where a choice or a yes is asked for can only replace the one given before."""
    draft, form, slot = open_draft(scene)
    given_before = next((s for s in form.slots if s.type == "email" and s.id in draft.slots), None)
    if given_before is None or slot.free or slot.type == "email" or noting.held(scene, slot, text):
        return False
    given = read(scene, given_before, text)
    if not isinstance(given, Given):
        return False
    filling.accept(scene, given_before, given.value)
    return True
