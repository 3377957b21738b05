"""A tiny dialogue and engines for the tests of the turn: everything around them is real."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.errors import RequestError
from bot.gateway import Assistant
from bot.ports import Incoming
from bot.signals import Signals
from bot.store.engine import Store
from bot.turn import Engines, Turn
from dialogues.effects import (
    Add,
    Effect,
    Erase,
    Export,
    HandOff,
    IssueCode,
    Link,
    MissCode,
    Say,
    Submit,
    TakeOver,
    Withdraw,
)
from dialogues.events import Event
from dialogues.messages import Button, Message
from dialogues.moving import read_code
from dialogues.state import Choice, State
from knowledge.base import KnowledgeBase
from knowledge.model import ReasonTexts, Source
from knowledge.search import Hit
from nlu.types import Detection, LanguageCode, LanguagePrior, Understanding

EMAIL = "wim.unique-7f3a@pomp-en-filter.example"
SLOTS: dict[str, object] = {
    "company_name": "Pomp en Filter",
    "contact_email": EMAIL,
    "challenges": ["challenge:industrial-water"],
    "solution": f"membranes, ask {EMAIL}",
    "track_record": "two plants",
    "preferred_regions": ["region:chongqing"],
}


class Clock:
    """A clock that goes on by itself a little and can be put forward."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def forward(self, **delta: float) -> None:
        self.now += timedelta(**delta)


class Detector:
    def detect(self, text: str, prior: LanguagePrior) -> Detection:
        guess: LanguageCode = prior.current or prior.hint or "en"
        return Detection("nl" if "dag" in text else guess, 0.9)


class Interpreter:
    name = "test"

    def __init__(self) -> None:
        self.parsed: list[str] = []

    async def parse(self, text: str, language: LanguageCode) -> Understanding:
        self.parsed.append(text)
        await asyncio.sleep(0)
        return Understanding(text=text, engine=self.name)


@dataclass
class Step:
    state: State
    effects: Sequence[Effect]


class Scripted:
    """Echoes, unless the text is one of a few orders.

    The next `broken` steps fail, that with the text `poison` always; with `deadly` its process ends, and for `away`
    steps the database is away.
    """

    def __init__(self) -> None:
        self.seen: list[Event] = []
        self.broken = 0
        self.away = 0
        self.poison: str | None = None
        self.deadly: str | None = None

    def notice(self, key: str, language: LanguageCode, **values: object) -> str:
        return key

    def name(self, identifier: str, language: LanguageCode) -> str:
        return identifier

    def step(self, state: State, event: Event) -> Step:
        self.seen.append(event)
        if self.deadly == event.text:
            raise KeyboardInterrupt
        if self.away:
            self.away -= 1
            raise RequestError(503, "store_unavailable", "The database is away.")
        if self.broken or self.poison == event.text:
            self.broken = max(self.broken - 1, 0)
            raise ValueError(f"cannot digest {event.text}")
        state = state.model_copy(deep=True)
        if event.detection:
            state.language = event.detection.language
        return Step(state, self._effects(state, event))

    def _effects(self, state: State, event: Event) -> list[Effect]:
        match event.text:
            case "/submit":
                state.reference = event.reference
                submit = Submit("proposal", event.reference, SLOTS)
                return [Say(Message("notice", event.reference)), submit]
            case "/delete":
                return [Say(Message("notice", "erased")), Erase()]
            case "/export":
                return [Export()]
            case "/move":
                return [IssueCode(event.code), Say(Message("notice", event.code))]
            case text if code := read_code(text):
                if event.brought is None:
                    return [MissCode(), Say(Message("notice", "no such code"))]
                state.form, state.reference = event.brought.form, event.brought.reference
                return [TakeOver(code, "gone elsewhere"), Say(Message("notice", "welcome"))]
            case text if text.startswith("/add "):
                _, reference, addition = text.split(" ", 2)
                return [Add(reference, addition), Say(Message("notice", "added"))]
            case text if text.startswith("/link "):
                return [Link(*text.split()[1:]), Say(Message("notice", "linked"))]
            case text if text.startswith("/withdraw "):
                return [Withdraw(text.split()[1]), Say(Message("notice", "withdrawn"))]
            case "human":
                return [HandOff(event.text), Say(Message("notice", "passed on"))]
        if state.owner == "coordinator":
            return []
        state.offered = [Choice(title="More", payload="programme:overview")]
        button = Button("More", "programme:overview")
        heard = event.text or event.payload or event.detail
        return [Say(Message("answer", f"echo {heard}", (button,), ("programme:overview",), ("S1", "S2")))]


class Match:
    def as_json(self) -> dict[str, Any]:
        return {"regions": [{"region": "region:chongqing", "score": 0.9, "reasons": []}]}


class Matcher:
    def __init__(self) -> None:
        self.asked: list[tuple[list[str], str, list[str]]] = []

    def match(self, challenges: Sequence[str], text: str, wishes: Sequence[str], *, home: str | None = None) -> Match:
        self.asked.append((list(challenges), text, list(wishes)))
        return Match()


class Search:
    def search(self, text: str, readings: Mapping[str, float]) -> Sequence[Hit]:
        return [Hit("programme:overview", "summary", "en", 0.4)]


class Masker:
    def mask(self, text: str) -> str:
        return text.replace(EMAIL, "…")


def knowledge() -> KnowledgeBase:
    sources = [
        Source(key="S1", title={"en": "Synopsis", "nl": "Synopsis (nl)", "zh": "项目概要"}),
        Source(
            key="S2",
            title={"en": "Page", "nl": "Pagina", "zh": "项目网页"},
            url="https://example.org/i2pcc",
        ),
    ]
    names = dict.fromkeys(("en", "nl", "zh"), "I²PCC")
    return KnowledgeBase(("en", "nl", "zh"), names, [], [], sources, ReasonTexts.model_construct())


def notice(key: str, language: LanguageCode, values: Mapping[str, str]) -> str:
    return f"{key}({values.get('name', '')}) {language}"


@dataclass
class Bot:
    """An assistant on a store, with its parts at hand."""

    store: Store
    clock: Clock = field(default_factory=Clock)
    dialogue: Scripted = field(default_factory=Scripted)
    interpreter: Interpreter = field(default_factory=Interpreter)
    matcher: Matcher = field(default_factory=Matcher)
    signals: Signals = field(default_factory=Signals)

    def __post_init__(self) -> None:
        engines = Engines(knowledge(), Detector(), self.interpreter, self.dialogue, self.matcher, Search(), Masker())
        self.turn = Turn(engines, self.clock)
        self.gateway = Assistant(self.store, self.turn, self.signals, notice)
        self._count = 0

    def text(self, address: str, text: str, channel: str = "telegram", id_: str | None = None) -> Incoming:
        self._count += 1
        return Incoming(channel, address, id_ or f"{address}:{self._count}", "text", text=text)

    async def says(self, address: str, text: str, channel: str = "telegram") -> list[str]:
        """Hand in a text and run its turn."""
        inbox_id = await self.gateway.accept(self.text(address, text, channel))
        return [m.text for m in (await self.gateway.answer(inbox_id)).messages]
