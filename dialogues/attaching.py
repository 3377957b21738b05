"""Files that are sent: kept with the open form, named on its review, removed there. Outside a form none is kept."""

from dialogues import asking
from dialogues.scene import Scene
from dialogues.state import Attachment

MOST = 5
"""Files that one form takes."""


def take(scene: Scene) -> None:
    """Keep the file that was sent, or say kindly why not; the open question follows unless words came along.

    Of several files sent at once the first is answered in full, the others in a line.
    """
    if scene.event.attachment is None:
        raise ValueError("no file was sent")
    if scene.state.form is None:
        return None if scene.event.later else _offer_form(scene)
    words = _keep(scene, scene.event.attachment)
    if scene.event.text.strip() or scene.event.later:
        return scene.say("notice", words)
    return asking.ask(scene, words)


def remove(scene: Scene, identifier: str) -> bool:
    """Take a file out of the open form and put its question again; False when it holds no such file."""
    draft = scene.state.form
    gone = next((a for a in draft.attachments if str(a.id) == identifier), None) if draft else None
    if draft is None or gone is None:
        return False
    draft.attachments.remove(gone)
    asking.ask(scene, scene.voice.say("form.attachments.removed", name=gone.name))
    return True


def _keep(scene: Scene, file: Attachment) -> str:
    draft, _, _ = asking.open_draft(scene)
    if len(draft.attachments) >= MOST:
        return scene.voice.say("form.attachments.full", most=MOST, name=file.name)
    draft.attachments.append(file)
    return scene.voice.say("form.attachments.kept", name=file.name)


def _offer_form(scene: Scene) -> None:
    scene.state.yes = scene.usual_form
    buttons = [scene.button(scene.usual_form), scene.button("action:human")]
    scene.notice("event.file_outside_form", buttons)
