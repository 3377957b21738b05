"""Remarks that are neither a question nor an answer: anger, not understanding, whether files can be sent."""

from dialogues import asking, filling
from dialogues.phrases import weight
from dialogues.scene import Scene

LONGEST = 120
"""Weight of the longest remark."""
_AROUND = " \t\n.,!?~…。，！？～"


def hear(scene: Scene, text: str) -> bool:
    """Meet a remark kindly, with a way on. An open question stays open, and the remark is no answer to it."""
    plain = text.strip(_AROUND)
    if weight(plain) > LONGEST:
        return False
    for key, meet in (("upset", _apologise), ("unclear", _explain), ("files", _tell_of_files)):
        if next(scene.world.patterns.whole(key, plain), None) is not None:
            meet(scene)
            return True
    return False


def withheld(scene: Scene, text: str) -> bool:
    """ "I'd rather not say": an optional question is skipped, of another one it is said that it is needed."""
    _, _, slot = asking.open_draft(scene)
    plain = text.strip(_AROUND)
    if slot.type in ("consent", "review") or weight(plain) > LONGEST:
        return False
    if next(scene.world.patterns.whole("withheld", plain), None) is None:
        return False
    filling.skip(scene)
    return True


def _apologise(scene: Scene) -> None:
    """Other words for who stays angry; a plain yes takes the person."""
    scene.state.misses += 1
    key = f"event.upset.{2 - scene.state.misses % 2}"
    scene.notice(key, [scene.button("action:human"), scene.button("programme:overview")])
    if scene.state.form is not None:
        return asking.ask_again(scene)
    scene.state.yes = "action:human"
    return None


def _explain(scene: Scene) -> None:
    """In a form what the question is for, with an example; else what can be asked."""
    if scene.state.form is None:
        scene.state.misses += 1
        offers = ("programme:overview", "assistant:capabilities", "action:human")
        return scene.notice("event.unclear", [scene.button(p) for p in offers])
    _, _, slot = asking.open_draft(scene)
    parts = ("example",) if slot.type == "review" else ("why", "example")
    return asking.ask(scene, "\n".join(asking.text_of(scene, slot, part) for part in parts))


def _tell_of_files(scene: Scene) -> None:
    scene.notice("event.files", [scene.button(scene.usual_form)])
    if scene.state.form is not None:
        asking.ask_again(scene)
