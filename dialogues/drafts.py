"""Drafts: opened, set aside, taken up again, erased, handed in."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

from dialogues import reminding
from dialogues.asking import ask, open_draft
from dialogues.effects import Submit
from dialogues.filling import keep_several
from dialogues.scene import Scene
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
    _open(scene, kind)
    ask(scene)


def _open(scene: Scene, kind: Literal["proposal", "need"]) -> None:
    form = scene.world.forms[kind]
    scene.state.form = Draft(kind=kind, awaiting=form.next_open({}).id)
    if scene.state.paused is not None and scene.state.paused.kind == kind:
        scene.state.paused = None
    scene.say("notice", scene.voice.say(f"form.{kind}.intro"), topics=[f"action:{kind}"])
    scene.notice("form.privacy")


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


def open_with(scene: Scene, kind: Literal["proposal", "need"], values: Mapping[str, Any]) -> None:
    """Open a form, or take up the one set aside, with the answers that the wish for it already held."""
    paused = scene.state.paused
    if paused is not None and paused.kind == kind and not expired(scene, paused):
        scene.state.form, scene.state.paused = paused, None
        paused.paused_at = None
        lead = scene.voice.say("form.resumed")
    else:
        _open(scene, kind)
        lead = ""
    noted = keep_several(scene, values) if values else ""
    ask(scene, "\n\n".join(part for part in (lead, noted) if part))


def start_afresh(scene: Scene) -> None:
    """Begin again from nothing. A button from long ago asks first, because answers would be lost."""
    draft = scene.state.form or scene.state.paused
    asked = any(choice.payload == "form:new" for choice in scene.state.offered)
    if draft is not None and draft.slots and not asked:
        controls = [scene.control("form:new"), scene.control("form:continue" if scene.state.form else "form:resume")]
        return scene.notice("form.afresh_question", controls)
    return start_new(scene, draft.kind if draft else "proposal")


def ask_cancel(scene: Scene) -> None:
    """Ask once whether to stop."""
    scene.state.confirming = "cancel"
    controls = [scene.control(c) for c in ("form:stop", "form:continue", "form:discard")]
    scene.notice("form.cancel_question", controls)


def pause(scene: Scene) -> None:
    """Set the form aside for later."""
    draft, _, _ = open_draft(scene)
    draft.paused_at, draft.remind = scene.event.now, False
    scene.state.paused, scene.state.form = draft, None
    controls = [scene.control("form:resume"), scene.control("action:move")]
    scene.notice("form.paused", [*controls, scene.button("programme:overview")], days=KEPT.days)
    if scene.event.reminds:
        reminding.offer(scene)


def discard(scene: Scene) -> None:
    """Erase the draft."""
    scene.state.form = None
    scene.notice("form.discarded", [scene.button("programme:overview"), scene.button("regions")])


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


def expired(scene: Scene, draft: Draft) -> bool:
    """Whether a draft was set aside so long ago that it is no longer kept."""
    return draft.paused_at is not None and scene.event.now - draft.paused_at > KEPT
