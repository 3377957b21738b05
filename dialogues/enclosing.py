"""Files that come after an intake was sent in: they wait until it is said where they belong."""

from collections.abc import Sequence

from dialogues.attaching import MOST
from dialogues.effects import Add, Enclose
from dialogues.messages import Button
from dialogues.scene import Scene
from dialogues.state import Waiting


def keep(scene: Scene) -> bool:
    """Let the file that was sent wait, with what was written to it; False after saying that there are too many."""
    file, state = scene.event.attachment, scene.state
    if file is None:
        raise ValueError("no file was sent")
    waiting = state.waiting or Waiting(files=[], at=scene.event.now)
    if len(waiting.files) >= MOST:
        scene.notice("after.enclose_full", answers(scene), most=MOST, names=file.name)
        return False
    waiting.files.append(file)
    waiting.at = scene.event.now
    if not speaks(scene):
        waiting.text = "\n".join(filter(None, (waiting.text, scene.event.text.strip())))
    state.waiting = waiting
    return True


def speaks(scene: Scene) -> bool:
    """Whether what was written to a file is for the assistant: a question that it knows, or a command."""
    understanding = scene.understanding
    asks = understanding.question and understanding.verdict == "sure"
    return asks or scene.event.text.startswith("/") or scene.command(scene.event.text) is not None


def offer(scene: Scene, references: Sequence[str]) -> None:
    """Ask whether, or to which intake, the files that wait are to be added."""
    scene.state.confirming = "enclose"
    one = len(references) == 1
    buttons = answers(scene) if one else [*(_choice(reference) for reference in references), _refusal(scene)]
    if scene.event.later and scene.event.attachment is not None:
        return scene.notice("after.enclose_too", buttons, names=scene.event.attachment.name)
    key = "after.enclose" if one else "after.enclose_which"
    return scene.notice(key, buttons, names=_names(scene), reference=references[0])


def hand_over(scene: Scene, reference: str) -> str:
    """Add the files that wait to an intake, and what was written to them; gives their names."""
    waiting = scene.state.waiting
    if waiting is None:
        raise ValueError("no file waits")
    if waiting.text:
        scene.effects.append(Add(reference, waiting.text))
    scene.effects.append(Enclose(reference, tuple(file.id for file in waiting.files)))
    return let_go(scene)


def let_go(scene: Scene) -> str:
    """Forget the files that wait; gives their names."""
    names = _names(scene)
    scene.state.waiting = None
    return names


def answers(scene: Scene) -> list[Button]:
    """A yes and a no to the question whether the files that wait are to be added; nothing where none wait."""
    if scene.state.waiting is None:
        return []
    return [Button(scene.voice.say("button.intake:enclose"), "intake:enclose"), _refusal(scene)]


def _names(scene: Scene) -> str:
    files = scene.state.waiting.files if scene.state.waiting else []
    return scene.voice.say("list.separator").join(file.name for file in files)


def _choice(reference: str) -> Button:
    return Button(reference, f"intake:enclose={reference}")


def _refusal(scene: Scene) -> Button:
    return Button(scene.voice.say("button.intake:unenclose"), "intake:unenclose")
