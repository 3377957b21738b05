"""What comes after an intake was sent in: where it is, something to add, taking it back."""

from collections.abc import Sequence

from dialogues import asking, enclosing
from dialogues.effects import Add, Link, Withdraw
from dialogues.events import IntakeStatus
from dialogues.messages import Button
from dialogues.phrases import normal
from dialogues.scene import Scene

OPEN = frozenset({"received", "claimed"})
"""Statuses in which an intake can still be added to or withdrawn."""
WISHES = ("withdraw", "add", "link", "status")
"""What can be wished of an intake in words."""
_TOPIC = "action:status"
_SHOWN = 3
"""Intakes that get buttons of their own; the others can be named."""
_LEAVES_IT = frozenset({"deny", "refuse", "none", "command:cancel", "command:back", "command:skip"})
_ENDS = " \t\n.!?。！？"


def status(scene: Scene) -> None:
    """Tell where this conversation's intakes are, with what can be done about them."""
    voice, intakes = scene.voice, scene.event.intakes
    resume = [scene.control("form:resume")] if scene.state.paused else []
    if not intakes:
        scene.state.yes = "form:resume" if resume else scene.usual_form
        buttons = resume or [scene.button(scene.usual_form)]
        key = "action.status_draft" if resume or scene.state.form else "action.status_none"
        return scene.say("notice", voice.say(key), [*buttons, scene.button("action:human")], topics=[_TOPIC])
    lines = [
        voice.say(
            "action.status_line",
            reference=i.reference,
            date=i.submitted_at.strftime("%Y-%m-%d"),
            status=voice.say(f"status.{i.status}"),
        )
        for i in intakes
    ]
    buttons = enclosing.answers(scene)
    buttons += [b for i in _open(scene)[-_SHOWN:] for b in (_button(scene, "add", i), _button(scene, "withdraw", i))]
    return scene.say("notice", "\n".join(lines), [*buttons, *resume, scene.button("action:human")], topics=[_TOPIC])


def add(scene: Scene, reference: str | None = None, text: str | None = None) -> None:
    """Add something to an intake: what was said with the wish, a file that waits, or the next message."""
    if reference is None and text is None and scene.state.waiting is not None and _open(scene):
        return enclosing.offer(scene, [i.reference for i in _open(scene)])
    intake = _meant(scene, "add", reference)
    if intake is None:
        return None
    if text:
        return _add(scene, intake, text)
    scene.state.adding = intake.reference
    return scene.notice("after.add", _way_out(scene), reference=intake.reference)


def withdraw(scene: Scene, reference: str | None = None) -> None:
    """Ask once before an intake is taken back."""
    intake = _meant(scene, "withdraw", reference)
    if intake is None:
        return None
    scene.state.confirming = "withdraw"
    controls = [Button(scene.voice.say("button.intake:withdrawn"), f"intake:withdrawn={intake.reference}")]
    controls.append(scene.control("intake:keep"))
    return scene.notice("after.withdraw", [*controls, *_way_out(scene)], reference=intake.reference)


def link(scene: Scene, other: str) -> None:
    """Note that the newest intake goes together with another one. Whether that exists is not told."""
    own = [i for i in _open(scene) if i.reference != other]
    if not own:
        scene.notice("after.link_later")
        return _ask_again(scene)
    scene.effects.append(Link(own[-1].reference, other))
    scene.notice("after.linked", reference=own[-1].reference, other=other)
    return _ask_again(scene)


def press(scene: Scene, payload: str) -> bool:
    """Carry out what a button of an intake stands for; False for one that means nothing any more.

    `add=…`, `withdraw=…`, `withdrawn=…` and `enclose=…` name the intake, `enclose` may; `keep` and `unenclose` do not.
    """
    what, _, reference = payload.partition("=")
    if what == "keep":
        _said(scene, "after.kept")
        return True
    if what in ("enclose", "unenclose") and scene.state.waiting is None:
        return False
    if what == "unenclose":
        _said(scene, "after.not_enclosed", names=enclosing.let_go(scene))
        return True
    if payload == "enclose":
        enclose(scene)
        return True
    intake = next((i for i in _open(scene) if i.reference == reference), None)
    if intake is None:
        return False
    match what:
        case "add":
            add(scene, reference)
        case "withdraw":
            withdraw(scene, reference)
        case "enclose":
            enclose(scene, reference)
        case "withdrawn":
            scene.effects.append(Withdraw(reference))
            _said(scene, "after.withdrawn", reference)
        case _:
            return False
    return True


def take_file(scene: Scene) -> bool:
    """Offer to add a file to an intake, or do so if an addition was asked for; False when there is none to add to."""
    if scene.state.form is not None or not _open(scene):
        return False
    wanted, scene.state.adding = scene.state.adding, None
    if enclosing.keep(scene):
        intakes = [i for i in _open(scene) if i.reference == wanted]
        if intakes:
            enclose(scene, wanted)
        elif not (scene.event.text.strip() and hear(scene, scene.event.text.strip(), ("add",))):
            enclosing.offer(scene, [i.reference for i in _open(scene)])
    return True


def enclose(scene: Scene, reference: str | None = None) -> None:
    """Add the files that wait to the intake that is meant."""
    intake = _meant(scene, "enclose", reference)
    if intake is not None:
        _said(scene, "after.enclosed", intake.reference, names=enclosing.hand_over(scene, intake.reference))


def confirmed(scene: Scene) -> str | None:
    """The payload of the withdrawal that was asked about."""
    return next((c.payload for c in scene.state.offered if c.payload.startswith("intake:withdrawn=")), None)


def hear_addition(scene: Scene, text: str) -> bool:
    """Take a text as the addition that was asked for, unless it is a command, a button or surely a question."""
    reference, scene.state.adding = scene.state.adding, None
    intake = next((i for i in _open(scene) if i.reference == reference), None)
    command = scene.command(text)
    if intake is not None and command in _LEAVES_IT:
        _said(scene, "after.not_added")
        return True
    understanding = scene.understanding
    asks = understanding.question and understanding.verdict == "sure"
    pressed = any(normal(c.title) == normal(text) for c in scene.state.offered)
    if intake is None or command or asks or pressed or not any(c.isalnum() for c in text):
        return False
    _add(scene, intake, text)
    return True


def hear(scene: Scene, text: str, wishes: Sequence[str] = WISHES) -> bool:
    """Wishes about an intake in words; in a form only with a reference."""
    offered = (c for c in scene.state.offered if c.payload.startswith("intake:"))
    if typed := next((c.payload for c in offered if normal(c.title) == normal(text)), None):
        return press(scene, typed.removeprefix("intake:"))
    for what in wishes:
        for found in scene.world.patterns.whole(f"intake_{what}", text.strip(_ENDS)):
            if _act(scene, what, **found.groups):
                return True
    return False


def _act(scene: Scene, what: str, reference: str | None = None, text: str | None = None) -> bool:
    reference = reference.upper() if reference else None
    if what == "link":
        link(scene, str(reference))
        return True
    if reference is None and (scene.state.form is not None or not scene.event.intakes):
        return False
    if text and scene.understanding.question and scene.understanding.verdict == "sure":
        return False
    if what == "withdraw":
        withdraw(scene, reference)
    elif what == "add" and text is None and scene.state.waiting is not None:
        enclose(scene, reference)
    elif what == "add":
        add(scene, reference, text)
    elif reference is None or _owned(scene, reference):
        status(scene)
    if what == "status":
        _ask_again(scene)
    return True


def _open(scene: Scene) -> list[IntakeStatus]:
    return [i for i in scene.event.intakes if i.status in OPEN]


def _owned(scene: Scene, reference: str) -> bool:
    """Whether the reference is this conversation's; says the same of a stranger's and of one that is none."""
    if any(i.reference == reference for i in scene.event.intakes):
        return True
    scene.notice("after.not_here", [scene.button("action:human")], reference=reference)
    return False


def _meant(scene: Scene, what: str, reference: str | None) -> IntakeStatus | None:
    """The one open intake that is meant. None after saying that there is none, or asking which."""
    if reference is not None and not _owned(scene, reference):
        _ask_again(scene)
        return None
    found = [i for i in _open(scene) if reference in (None, i.reference)]
    if len(found) == 1:
        return found[0]
    if found:
        buttons = [Button(i.reference, f"intake:{what}={i.reference}") for i in found]
        scene.notice("after.which", [*buttons, *_way_out(scene)])
    else:
        status(scene)
        _ask_again(scene)
    return None


def _add(scene: Scene, intake: IntakeStatus, text: str) -> None:
    scene.effects.append(Add(intake.reference, text))
    _said(scene, "after.added", intake.reference)


def _said(scene: Scene, key: str, reference: str = "", names: str = "") -> None:
    scene.say("notice", scene.voice.say(key, reference=reference, names=names), [scene.button(_TOPIC)], topics=[_TOPIC])
    _ask_again(scene)


def _button(scene: Scene, what: str, intake: IntakeStatus) -> Button:
    """With its reference where several could be meant."""
    title = scene.voice.say(f"button.intake:{what}")
    if len(_open(scene)) > 1:
        title = f"{title}: {intake.reference}"
    return Button(title, f"intake:{what}={intake.reference}")


def _way_out(scene: Scene) -> list[Button]:
    return [scene.control("form:continue")] if scene.state.form is not None else []


def _ask_again(scene: Scene) -> None:
    if scene.state.form is not None:
        asking.ask_again(scene)
