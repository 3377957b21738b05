"""The way through an open form: answer, back, skip, correct."""

from collections.abc import Mapping, Sequence
from typing import Any

from dialogues import asking
from dialogues.asking import ask, open_draft
from dialogues.forms import Slot
from dialogues.messages import Button
from dialogues.scene import Scene
from dialogues.slots import options
from dialogues.state import Draft


def accept(scene: Scene, slot: Slot, value: Any, lead: str = "", first: Sequence[Button] = ()) -> None:
    """Keep an answer and put the next question. Says so when it replaces another answer."""
    draft, form, _ = open_draft(scene)
    if slot.type == "consent" and value is False:
        return refuse(scene)
    parts = [lead, _keep(scene, slot, value)]
    _drop_inapplicable(scene, draft)
    _go(draft, form.next_open(draft.slots))
    return ask(scene, "\n\n".join(p for p in parts if p), first)


def _keep(scene: Scene, slot: Slot, value: Any) -> str:
    """Keep an answer; gives the words that tell which other one it replaces, if it does."""
    draft, _, _ = open_draft(scene)
    changed = ""
    if slot.id in draft.slots and draft.slots[slot.id] != value:
        changed = scene.voice.say(
            "form.changed",
            label=asking.text_of(scene, slot, "label"),
            old=asking.shown(scene, slot, draft.slots[slot.id]),
            new=asking.shown(scene, slot, value),
        )
    if scene.state.doubt is not None and scene.state.doubt.slot == slot.id:
        scene.state.doubt = None
    draft.slots[slot.id] = value
    if slot.asked:
        draft.history = [*(name for name in draft.history if name != slot.id), slot.id]
    elif value is None:
        del draft.slots[slot.id]
    return changed


def keep_several(scene: Scene, values: Mapping[str, Any]) -> str:
    """Keep several answers of one message and open the next question; gives the line that confirms them."""
    draft, form, _ = open_draft(scene)
    held = [slot for slot in form.slots if slot.id in values]
    new = [slot for slot in held if draft.slots.get(slot.id, values[slot.id]) == values[slot.id]]
    changed = [_keep(scene, slot, values[slot.id]) for slot in held]
    _drop_inapplicable(scene, draft)
    _go(draft, form.next_open(draft.slots))
    lines = [
        scene.voice.say(
            "form.line", label=asking.text_of(scene, slot, "label"), value=asking.shown(scene, slot, values[slot.id])
        )
        for slot in new
    ]
    noted = (
        scene.voice.say("form.noted", answers=scene.voice.say("form.noted_separator").join(lines).rstrip(".。"))
        if lines
        else ""
    )
    return " ".join(part for part in (noted, *changed) if part)


def toggle(scene: Scene, value: str) -> None:
    """Tick or untick one option of the open multi-choice."""
    draft, _, slot = open_draft(scene)
    ticked = [v for v in draft.selected if v != value]
    if value not in draft.selected:
        ticked.append(value)
    draft.selected = [v for v in options(scene, slot) if v in ticked]
    asking.ticked(scene)


def with_ticked(scene: Scene, slot: Slot, values: list[str]) -> list[str]:
    """What a multi-choice holds with what was typed, on top of what was ticked since the question was put."""
    draft, _, _ = open_draft(scene)
    ticked = [] if draft.selected == draft.slots.get(slot.id) else draft.selected
    return in_order(scene, slot, [*ticked, *values])


def in_order(scene: Scene, slot: Slot, values: Sequence[str]) -> list[str]:
    """Chosen values in the order of the options, each once."""
    return [v for v in options(scene, slot) if v in values]


def nothing_more(scene: Scene) -> None:
    """ "That's all": completes a multi-choice, leaves out what is optional, and answers nothing that is needed."""
    _, _, slot = open_draft(scene)
    if slot.type == "choices":
        return done(scene)
    if slot.optional:
        return skip(scene)
    problem = "yes_or_no" if slot.type in ("consent", "review") else "needed"
    return asking.explain(scene, problem)


def done(scene: Scene) -> None:
    """Complete the open multi-choice with what is ticked."""
    draft, _, slot = open_draft(scene)
    if slot.type != "choices":
        return ask(scene)
    if draft.selected:
        return accept(scene, slot, list(draft.selected))
    return skip(scene)


def skip(scene: Scene) -> None:
    """Leave an optional slot empty; explain when it is needed."""
    _, _, slot = open_draft(scene)
    if slot.optional:
        return accept(scene, slot, [] if slot.type == "choices" else None)
    return asking.explain(scene, "needed")


def back(scene: Scene) -> None:
    """Return to the question answered last."""
    draft, form, _ = open_draft(scene)
    if editing(scene):
        return leave(scene)
    if not draft.history:
        return ask(scene, scene.voice.say("form.first"))
    _go(draft, form.slot(draft.history.pop()))
    return ask(scene, scene.voice.say("form.back"))


def take_back(scene: Scene, name: str) -> None:
    """Forget one answer and open its question, which is not put yet."""
    draft, form, _ = open_draft(scene)
    draft.slots.pop(name, None)
    draft.history = [other for other in draft.history if other != name]
    _go(draft, form.slot(name))


def edit(scene: Scene, name: str) -> None:
    """Put one question again; the way goes on from the first open one afterwards."""
    draft, form, _ = open_draft(scene)
    slot = next((s for s in form.applicable(draft.slots) if s.id == name and s.type != "review"), None)
    if slot is None:
        return ask(scene)
    _go(draft, slot)
    return ask(scene)


def editing(scene: Scene) -> bool:
    """Whether the open question was put out of turn: to change its answer, or because it was wished for."""
    draft, _, slot = open_draft(scene)
    return not slot.asked or (draft.awaiting in draft.slots and draft.awaiting in draft.history)


def leave(scene: Scene) -> None:
    """Leave the answer that was about to be changed as it is, and go on."""
    draft, form, _ = open_draft(scene)
    _go(draft, form.next_open(draft.slots))
    return ask(scene, scene.voice.say("form.left"))


def refuse(scene: Scene) -> None:
    """Without consent nothing is kept of the draft."""
    scene.state.form = None
    scene.notice("form.consent_refused", [scene.button("programme:overview"), scene.button("action:human")])


def _go(draft: Draft, slot: Slot) -> None:
    """Open a slot. What is ticked stays if it was open already: another answer was corrected meanwhile."""
    draft.failures = 0
    if slot.id == draft.awaiting and slot.id not in draft.slots:
        return
    draft.awaiting = slot.id
    before = draft.slots.get(slot.id)
    draft.selected = list(before) if slot.type == "choices" and before else []


def _drop_inapplicable(scene: Scene, draft: Draft) -> None:
    """Forget answers to questions that another answer has made pointless."""
    applicable = {s.id for s in scene.world.forms[draft.kind].applicable(draft.slots)}
    draft.slots = {k: v for k, v in draft.slots.items() if k in applicable}
    draft.history = [name for name in draft.history if name in applicable]
