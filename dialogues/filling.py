"""The way through a form: start, answer, back, skip, correct, set aside, take up again, submit."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Literal

from dialogues import asking
from dialogues.asking import ask, open_draft
from dialogues.effects import Submit
from dialogues.forms import Slot
from dialogues.messages import Button
from dialogues.scene import Scene
from dialogues.slots import options
from dialogues.state import Draft

KEPT = timedelta(days=30)
"""How long a draft that was set aside can be taken up again."""


def start(scene: Scene, kind: Literal["proposal", "need"]) -> None:
    """Open a form, or go on with the one that is open or was set aside."""
    state = scene.state
    if state.form is not None:
        return ask(scene, scene.voice.say("form.already_open"))
    if state.paused is not None and state.paused.kind == kind and not expired(scene, state.paused):
        return resume(scene)
    return start_new(scene, kind)


def start_new(scene: Scene, kind: Literal["proposal", "need"]) -> None:
    """Open an empty form, with the privacy notice first."""
    form = scene.world.forms[kind]
    scene.state.form = Draft(kind=kind, awaiting=form.next_open({}).id)
    if scene.state.paused is not None and scene.state.paused.kind == kind:
        scene.state.paused = None
    scene.say("notice", scene.voice.say(f"form.{kind}.intro"), topics=[f"action:{kind}"])
    scene.notice("form.privacy")
    ask(scene)


def resume(scene: Scene) -> None:
    """Take up the draft that was set aside, or say that there is none."""
    state = scene.state
    if state.form is not None:
        return ask(scene, scene.voice.say("form.already_open"))
    if state.paused is None or expired(scene, state.paused):
        state.paused = None
        state.yes = scene.usual_form
        return scene.notice("form.nothing_paused", [scene.button(scene.usual_form)])
    state.form, state.paused = state.paused, None
    state.form.paused_at = None
    return ask(scene, scene.voice.say("form.resumed"), [scene.control("form:new")])


def accept(scene: Scene, slot: Slot, value: Any, lead: str = "", first: Sequence[Button] = ()) -> None:
    """Keep an answer and put the next question. Says so when it replaces another answer."""
    draft, form, _ = open_draft(scene)
    if slot.type == "consent" and value is False:
        return refuse(scene)
    if slot.id in draft.slots and draft.slots[slot.id] != value:
        changed = scene.voice.say(
            "form.changed",
            label=asking.text_of(scene, slot, "label"),
            old=asking.shown(scene, slot, draft.slots[slot.id]),
            new=asking.shown(scene, slot, value),
        )
        lead = f"{lead}\n\n{changed}" if lead else changed
    if scene.state.doubt is not None and scene.state.doubt.slot == slot.id:
        scene.state.doubt = None
    draft.slots[slot.id] = value
    draft.history = [*(name for name in draft.history if name != slot.id), slot.id]
    _drop_inapplicable(scene, draft)
    _go(draft, form.next_open(draft.slots))
    return ask(scene, lead, first)


def toggle(scene: Scene, value: str) -> None:
    """Tick or untick one option of the open multi-choice."""
    draft, _, slot = open_draft(scene)
    ticked = [v for v in draft.selected if v != value]
    if value not in draft.selected:
        ticked.append(value)
    draft.selected = [v for v in options(scene, slot) if v in ticked]
    asking.ticked(scene)


def choose(scene: Scene, slot: Slot, values: list[str]) -> None:
    """Complete a multi-choice with what was typed, on top of what was ticked since the question was put."""
    draft, _, _ = open_draft(scene)
    ticked = [] if draft.selected == draft.slots.get(slot.id) else draft.selected
    accept(scene, slot, [v for v in options(scene, slot) if v in (*ticked, *values)])


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


def ask_cancel(scene: Scene) -> None:
    """Ask once whether to stop."""
    scene.state.confirming = "cancel"
    controls = [scene.control(c) for c in ("form:stop", "form:continue", "form:discard")]
    scene.notice("form.cancel_question", controls)


def pause(scene: Scene) -> None:
    """Set the form aside for later."""
    draft, _, _ = open_draft(scene)
    draft.paused_at = scene.event.now
    scene.state.paused, scene.state.form = draft, None
    scene.notice("form.paused", [scene.control("form:resume"), scene.button("programme:overview")], days=KEPT.days)


def discard(scene: Scene) -> None:
    """Erase the draft."""
    scene.state.form = None
    scene.notice("form.discarded", [scene.button("programme:overview"), scene.button("regions")])


def refuse(scene: Scene) -> None:
    """Without consent nothing is kept of the draft."""
    scene.state.form = None
    scene.notice("form.consent_refused", [scene.button("programme:overview"), scene.button("action:human")])


def submit(scene: Scene) -> None:
    """Hand the reviewed form in, under its reference."""
    draft, form, slot = open_draft(scene)
    if slot.type != "review" or draft.slots.get("consent") is not True:
        return ask(scene)
    reference = scene.event.reference
    kept = {s.id: draft.slots[s.id] for s in form.applicable(draft.slots) if s.id in draft.slots}
    scene.effects.append(Submit(draft.kind, reference, kept, tuple(a.id for a in draft.attachments)))
    scene.state.form, scene.state.reference = None, reference
    buttons = [scene.button(p) for p in ("programme:after-submission", "action:status")]
    return scene.notice(f"form.{draft.kind}.submitted", buttons, reference=reference)


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


def expired(scene: Scene, draft: Draft) -> bool:
    """Whether a draft was set aside so long ago that it is no longer kept."""
    return draft.paused_at is not None and scene.event.now - draft.paused_at > KEPT
