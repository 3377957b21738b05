"""One reminder of a form that was set aside, where the channel can bring it and the person agrees."""

from dialogues.scene import Scene


def offer(scene: Scene) -> None:
    """Ask whether a reminder is welcome."""
    scene.state.confirming = "remind"
    scene.notice("remind.question", [scene.control("remind:yes"), scene.control("remind:no")])


def agree(scene: Scene) -> None:
    """Note that one is."""
    if scene.state.paused is None:
        return scene.notice("event.stale")
    scene.state.paused.remind = True
    return scene.notice("remind.agreed", [scene.control("form:resume")])


def decline(scene: Scene) -> None:
    """Note that none is."""
    if scene.state.paused is not None:
        scene.state.paused.remind = False
    scene.notice("remind.declined")
