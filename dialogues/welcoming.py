"""Days of silence: a greeting says once where the conversation was."""

from datetime import timedelta

from dialogues import asking
from dialogues.drafts import expired
from dialogues.scene import Scene

SILENCE = timedelta(days=1)
"""Silence after which a person may have forgotten where we were."""
_RESUMES = ("command:resume", "form:resume")


def welcome_back(scene: Scene) -> None:
    """Greet who comes back after a day or more, unless they know themselves where we were."""
    event, state = scene.event, scene.state
    if event.last_at is None or event.now - event.last_at < SILENCE:
        return
    wanted = event.payload if event.kind == "payload" else scene.command(event.text)
    if state.form is not None:
        draft, form, slot = asking.open_draft(scene)
        label = asking.text_of(scene, slot, "label")
        step, total = form.progress(slot.id, draft.slots)
        scene.notice("welcome.form", label=label, step=step, total=total)
    elif state.paused is not None and not expired(scene, state.paused):
        if wanted not in _RESUMES:
            scene.notice("welcome.paused", [scene.control("form:resume")])
    elif state.topic is not None:
        scene.notice("welcome.topic", [scene.button(state.topic)], name=scene.voice.name(state.topic))
