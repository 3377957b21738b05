"""One step under way: what may be looked at, and what has been said so far."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from dialogues.effects import Effect, Say
from dialogues.events import Event
from dialogues.forms import Form
from dialogues.messages import Button, Kind, Message
from dialogues.patterns import Patterns
from dialogues.phrases import Phrases
from dialogues.state import Choice, State
from dialogues.texts import Texts, Voice
from dialogues.titles import Titles
from knowledge.base import KnowledgeBase
from nlu.types import LanguageCode, Understanding

NOTHING = Understanding(text="")


@dataclass(frozen=True, slots=True)
class World:
    """What stays the same over all conversations."""

    kb: KnowledgeBase
    texts: Texts
    voices: Mapping[LanguageCode, Voice]
    phrases: Phrases
    patterns: Patterns
    forms: dict[str, Form]
    titles: Titles


@dataclass(slots=True)
class Scene:
    """The step's working table. `state` is a copy that may be changed; `yes` is what a plain yes stands for."""

    world: World
    state: State
    event: Event
    yes: str | None = None
    effects: list[Effect] = field(default_factory=list)
    _commands: dict[str, str | None] = field(default_factory=dict)

    @property
    def kb(self) -> KnowledgeBase:
        """The knowledge base."""
        return self.world.kb

    @property
    def language(self) -> LanguageCode:
        """The language to answer in."""
        return self.state.language or self.state.hint or "en"

    @property
    def voice(self) -> Voice:
        """The texts in that language."""
        return self.world.voices[self.language]

    @property
    def understanding(self) -> Understanding:
        """What was understood of the text; nothing for a button."""
        return self.event.understanding or NOTHING

    @property
    def usual_kind(self) -> Literal["proposal", "need"]:
        """The kind of form that people of this language mostly come for."""
        return "need" if self.voice.base == "zh" else "proposal"

    @property
    def usual_form(self) -> str:
        """What opens that form."""
        return f"action:{self.usual_kind}"

    @property
    def messages(self) -> list[Message]:
        """What was said in this step."""
        return [e.message for e in self.effects if isinstance(e, Say)]

    def command(self, text: str) -> str | None:
        """The command that a whole text is; in one step the same text is asked about several times."""
        if text not in self._commands:
            self._commands[text] = self.world.phrases.command(text)
        return self._commands[text]

    def say(
        self,
        kind: Kind,
        text: str,
        buttons: Iterable[Button] = (),
        topics: Iterable[str] = (),
        sources: Iterable[str] = (),
    ) -> None:
        """Send a message. Its buttons are remembered, so that they can be typed as well.

        Those of an earlier message of the same step count too, after the last one's.
        """
        shown, sources = tuple(b for b in buttons if not self._opens_another_form(b)), tuple(sources)
        earlier = [b for m in self.messages for b in m.buttons]
        self.effects.append(
            Say(Message(kind, text, shown, tuple(dict.fromkeys(topics)), tuple(dict.fromkeys(sources))))
        )
        if kind == "answer":
            self.state.told = list(dict.fromkeys(sources))
        if shown:
            self.state.offered = [Choice(title=b.title, payload=b.payload) for b in (*shown, *earlier)]

    def _opens_another_form(self, button: Button) -> bool:
        """What starts a form is of no use while one is open."""
        return self.state.form is not None and button.payload in ("action:proposal", "action:need")

    def notice(self, key: str, buttons: Iterable[Button] = (), **values: object) -> None:
        """Send a notice by the key of its text."""
        self.say("notice", self.voice.say(key, **values), buttons)

    def button(self, payload: str) -> Button:
        """A button under the name of what it opens."""
        return Button(self.voice.name(payload), payload)

    def control(self, name: str) -> Button:
        """A button that steers, such as `form:skip`, under its own text."""
        return Button(self.voice.say(f"button.{name}"), name)
