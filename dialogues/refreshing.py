"""Fitting what a conversation remembers to what there is now: knowledge may have been edited since it was said."""

from collections.abc import Mapping
from typing import Any

from dialogues.forms import Form, Slot
from dialogues.state import Draft, State
from knowledge.base import KnowledgeBase


def refresh(state: State, kb: KnowledgeBase, forms: Mapping[str, Form]) -> list[Slot]:
    """Forget topics that are gone; gives the slots of the open form whose answer is gone with them.

    Such a slot is asked again in its turn, at the latest before the review. A button for a topic that is gone
    stays, because pressing it is answered kindly.
    """
    if state.topic not in kb:
        state.topic = None
    if state.beside not in kb:
        state.beside = None
    if state.paused is not None:
        _refresh(state.paused, kb, forms[state.paused.kind])
    return _refresh(state.form, kb, forms[state.form.kind]) if state.form is not None else []


def refit(state: State, forms: Mapping[str, Form]) -> bool:
    """Fit the drafts to forms that another release has changed; tells whether another question is open now.

    Answers to questions that are no longer asked go. A question that is new is put in its turn, at the latest
    before the review.
    """
    if state.paused is not None:
        _refit(state.paused, forms[state.paused.kind])
    return state.form is not None and _refit(state.form, forms[state.form.kind])


def _refit(draft: Draft, form: Form) -> bool:
    before, applicable = draft.awaiting, {s.id: s for s in form.applicable(draft.slots)}
    draft.slots = {k: v for k, v in draft.slots.items() if k in applicable and _offered(applicable[k], v)}
    draft.history = [name for name in draft.history if name in draft.slots]
    reviewing = before in applicable and applicable[before].type == "review"
    if before not in applicable or (reviewing and form.next_open(draft.slots).id != before):
        draft.awaiting, draft.selected = form.next_open(draft.slots).id, []
    return draft.awaiting != before


def _offered(slot: Slot, value: Any) -> bool:
    return not slot.options or value is None or value in slot.options


def _refresh(draft: Draft, kb: KnowledgeBase, form: Form) -> list[Slot]:
    if form.slot(draft.awaiting).kind:
        draft.selected = [v for v in draft.selected if v in kb]
    lost = [s for s in form.slots if s.kind and s.id in draft.slots and _gone(draft.slots[s.id], kb)]
    for slot in lost:
        _shorten(draft, slot, kb)
    if lost and form.slot(draft.awaiting).type == "review":
        draft.awaiting = form.next_open(draft.slots).id
    return lost


def _shorten(draft: Draft, slot: Slot, kb: KnowledgeBase) -> None:
    """Keep what is left of an answer; nothing left is no answer, also where it may be skipped."""
    value = draft.slots[slot.id]
    left = [v for v in value if v in kb] if isinstance(value, list) else []
    if left:
        draft.slots[slot.id] = left
        return
    del draft.slots[slot.id]
    draft.history = [name for name in draft.history if name != slot.id]


def _gone(value: Any, kb: KnowledgeBase) -> bool:
    values = value if isinstance(value, list) else [value]
    return any(v is not None and v not in kb for v in values)
