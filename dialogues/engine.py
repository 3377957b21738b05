"""The dialogue: (state, event) → (state, effects). No I/O, no clock, no randomness."""

from dataclasses import dataclass

from dialogues import afterwards, asking, attaching, enclosing, moving, pressing, typing_in_form
from dialogues.conversing import converse
from dialogues.effects import Effect
from dialogues.events import Event
from dialogues.forms import Form, load_forms
from dialogues.patterns import Patterns
from dialogues.phrases import Phrases, weight
from dialogues.rating import rate, read_rating
from dialogues.refreshing import refit, refresh
from dialogues.scene import Scene, World
from dialogues.state import State
from dialogues.texts import Texts, Voice
from dialogues.titles import Titles
from dialogues.welcoming import welcome_back
from knowledge.base import KnowledgeBase
from nlu.types import SERVED, LanguageCode

A_NO = 40
"""Weight up to which what opens with a no only says no."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a step yields: the new state, and what is to be done."""

    state: State
    effects: tuple[Effect, ...]


class Dialogue:
    """Decides what happens next in a conversation that the assistant owns."""

    def __init__(
        self,
        kb: KnowledgeBase,
        texts: Texts | None = None,
        phrases: Phrases | None = None,
        forms: dict[str, Form] | None = None,
        patterns: Patterns | None = None,
    ) -> None:
        texts = texts or Texts.load()
        self.world = World(
            kb,
            texts,
            {code: Voice(texts, kb, code) for code in SERVED},
            phrases or Phrases.load(),
            patterns or Patterns.load(),
            forms or load_forms(),
            Titles(texts, kb),
        )

    def step(self, state: State, event: Event) -> Step:
        """Answer one event. The given state is left as it was.

        While a coordinator owns the conversation only a person's rights over their data are served; no
        effects mean that the event is the coordinator's.
        """
        scene = Scene(self.world, state.copied(), event, yes=state.yes)
        if event.kind == "payload" and (rating := read_rating(event.payload)):
            rate(scene, rating)
            return Step(scene.state, tuple(scene.effects))
        scene.state.yes = None
        if state.owner == "coordinator":
            _rights(scene)
            return Step(scene.state, tuple(scene.effects))
        refitted = refit(scene.state, scene.world.forms)
        lost = refresh(scene.state, scene.kb, scene.world.forms)
        if scene.state.form is None and event.kind in ("text", "edited", "attachment"):
            _adopt_language(scene)
        _disclose(scene)
        if lost:
            labels = [asking.text_of(scene, slot, "label") for slot in lost]
            scene.notice("form.withdrawn", labels=scene.voice.say("list.separator").join(labels))
        welcome_back(scene)
        if refitted:
            # What was typed or pressed answers a question that is no longer the open one.
            asking.ask(scene, scene.voice.say("form.refitted"))
            return Step(scene.state, tuple(scene.effects))
        match event.kind:
            case "payload":
                pressing.press(scene, event.payload)
            case "text":
                _hear(scene)
            case "edited":
                scene.state.confirming = None
                scene.notice("event.edited")
                _ask_again(scene)
            case "attachment":
                _attachment(scene)
            case "unsupported":
                _unsupported(scene)
        return Step(scene.state, tuple(scene.effects))

    def notice(self, key: str, language: LanguageCode, **values: object) -> str:
        """A notice's text, for what happens outside a step, such as a coordinator joining."""
        return self.world.voices[language].say(key, **values)

    def name(self, identifier: str, language: LanguageCode) -> str:
        """The name of a topic or of a form's option, for coordinators. Raises KeyError."""
        return self.world.voices[language].name(identifier)


def _rights(scene: Scene) -> None:
    """Erasing and exporting stay possible at any moment."""
    text = scene.event.text.strip() if scene.event.kind == "text" else ""
    wanted = scene.event.payload if scene.event.kind == "payload" else scene.command(text)
    if scene.state.confirming == "erase" and _confirmed(scene, text):
        return
    scene.state.confirming = None
    if wanted in ("command:delete", "command:export", "erase:yes", "erase:no"):
        pressing.press(scene, wanted)


def _adopt_language(scene: Scene) -> None:
    if scene.event.detection is not None and not scene.state.language_chosen:
        scene.state.language = scene.event.detection.language


def _disclose(scene: Scene) -> None:
    """The first message says that an automated assistant speaks."""
    if not scene.state.disclosed:
        scene.state.disclosed = True
        scene.notice("disclosure", programme=scene.voice.pick(scene.kb.programme))


def _hear(scene: Scene) -> None:
    text = scene.event.text.strip()
    if moving.hear(scene, text):
        return None
    if text.startswith("/") and text != "/":
        return _command(scene, text)
    if scene.state.confirming and _confirmed(scene, text):
        return None
    if scene.state.adding and afterwards.hear_addition(scene, text):
        return None
    if afterwards.hear(scene, text):
        return None
    if scene.state.form is not None:
        return typing_in_form.hear(scene, text)
    return converse(scene, text)


def _command(scene: Scene, text: str) -> None:
    word, _, rest = text[1:].partition(" ")
    scene.state.confirming = scene.state.adding = None
    if word == "language" and rest.strip():
        return _language_command(scene, rest.strip())
    name = scene.command(f"/{word}")
    if name is None:
        scene.notice("event.unknown_command")
        return _ask_again(scene)
    if name == "command:start" and scene.state.form is not None:
        return asking.ask(scene, scene.voice.say("form.already_open"))
    return pressing.act(scene, name)


def _language_command(scene: Scene, wanted: str) -> None:
    named = scene.command(f"language {wanted}") or f"language:{wanted}"
    pressing.press(scene, named)


def _confirmed(scene: Scene, text: str) -> bool:
    """Whether the text answers the question whether to erase, to stop, to withdraw or to be reminded."""
    command = scene.command(text)
    if command == "refuse" or (command is None and weight(text) <= A_NO and scene.world.phrases.denies(text)):
        command = "deny"
    offered = next((c.payload for c in scene.state.offered if c.title.casefold() == text.casefold()), None)
    answers_to = {
        ("erase", "affirm"): "erase:yes",
        ("erase", "command:delete"): "erase:yes",
        ("erase", "deny"): "erase:no",
        ("erase", "command:cancel"): "erase:no",
        ("cancel", "affirm"): "form:stop",
        ("cancel", "command:cancel"): "form:stop",
        ("cancel", "deny"): "form:continue",
        ("remind", "affirm"): "remind:yes",
        ("remind", "agree"): "remind:yes",
        ("remind", "deny"): "remind:no",
        ("enclose", "affirm"): "intake:enclose",
        ("enclose", "action:add"): "intake:enclose",
        ("enclose", "deny"): "intake:unenclose",
        ("enclose", "command:cancel"): "intake:unenclose",
        ("withdraw", "affirm"): afterwards.confirmed(scene),
        ("withdraw", "action:withdraw"): afterwards.confirmed(scene),
        ("withdraw", "deny"): "intake:keep",
        ("withdraw", "command:cancel"): "intake:keep",
    }
    payload = offered or answers_to.get((str(scene.state.confirming), command or ""))
    scene.state.confirming = None
    if payload is None:
        return False
    pressing.press(scene, payload)
    return True


def _attachment(scene: Scene) -> None:
    """A file, and what was written to it as if it had been sent by itself, unless it waits with the file."""
    scene.state.confirming = None
    if not afterwards.take_file(scene):
        attaching.take(scene)
    elif not enclosing.speaks(scene):
        return
    if scene.event.text.strip():
        _hear(scene)


def _unsupported(scene: Scene) -> None:
    scene.state.confirming = None
    key = f"event.unsupported.{scene.event.detail}"
    scene.notice(key if key in scene.voice else "event.unsupported.other")
    _ask_again(scene)


def _ask_again(scene: Scene) -> None:
    if scene.state.form is not None:
        asking.ask(scene)
