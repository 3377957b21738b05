"""A conversation with the pure dialogue: texts understood by hand, the clock at hand, the last words kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from dialogues.effects import Effect, Say
from dialogues.engine import Dialogue
from dialogues.events import Event, IntakeStatus
from dialogues.messages import Button, Message
from dialogues.scene import Scene
from dialogues.state import Draft, State, load_state
from knowledge.base import KnowledgeBase, load
from knowledge.gazetteer import Gazetteer
from knowledge.search import Hit
from nlu.entities import EntityFinder
from nlu.types import Detection, Intent, LanguageCode, Understanding, Verdict

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
REFERENCE = "I2P-7K3F9Q"
CODE = "34CF79GH"
PROPOSAL: dict[str, Any] = {
    "company_name": "AquaPura NV",
    "contact_name": "An Peeters",
    "contact_email": "an.peeters@aquapura.be",
    "province": "province:antwerp",
    "challenges": ["challenge:industrial-water", "challenge:sludge-treatment"],
    "solution": "Our membranes take heavy metals out of mine water.",
    "track_record": None,
    "collaboration_mode": "alone",
    "preferred_regions": ["region:chongqing"],
    "consent": True,
}
"""A proposal with every answer given, ready for review."""


@cache
def knowledge() -> KnowledgeBase:
    return load()


@cache
def finder() -> EntityFinder:
    return EntityFinder(Gazetteer(knowledge()))


@cache
def dialogue() -> Dialogue:
    return Dialogue(knowledge())


@cache
def written() -> dict[tuple[str, str], list[str]]:
    """The phrases as written, by language and command."""
    folder = files("dialogues") / "data" / "phrases"
    read = {e.name.removesuffix(".yml"): yaml.safe_load(e.read_text(encoding="utf-8")) for e in folder.iterdir()}
    return {(code, command): phrases for code, lists in read.items() for command, phrases in lists.items()}


def understood(text: str, *intents: str, verdict: Verdict = "unsure", question: bool = False) -> Understanding:
    """An understanding made by hand; its entities are found by their names, without any trained model."""
    ranked = tuple(Intent(name, 0.9 / (place + 1)) for place, name in enumerate(intents))
    found = tuple(finder().find(text))
    return Understanding(text, ranked, found, verdict, question)


def at(slot: str, **changes: Any) -> Draft:
    """A proposal that has come to a slot, with every slot before it answered."""
    given = {**PROPOSAL, **changes}
    form = dialogue().world.forms["proposal"]
    slots = form.applicable(given)
    names = [s.id for s in slots if s.asked or s.id in given]
    before = {name: given[name] for name in names[: names.index(slot)]}
    return Draft(
        kind="proposal", slots=before, awaiting=slot, history=[s.id for s in slots if s.asked and s.id in before]
    )


class Talk:
    """Steps a dialogue and keeps its state as JSON between events, as the store does."""

    def __init__(self, language: LanguageCode = "en", form: Draft | None = None, **state: Any) -> None:
        self.state = State(language=language, disclosed=True, form=form, **state)
        self.now = START
        self.last_at: datetime | None = None
        self.intakes: tuple[IntakeStatus, ...] = ()
        self.effects: tuple[Effect, ...] = ()

    @property
    def said(self) -> list[Message]:
        """The messages of the last step."""
        return [e.message for e in self.effects if isinstance(e, Say)]

    @property
    def last(self) -> Message:
        return self.said[-1]

    @property
    def draft(self) -> Draft:
        assert self.state.form is not None, "no form is open"
        return self.state.form

    @property
    def awaiting(self) -> str | None:
        return self.state.form.awaiting if self.state.form else None

    def done(self, kind: type[Effect]) -> list[Any]:
        """The effects of a kind that the last step had."""
        return [e for e in self.effects if isinstance(e, kind)]

    def text(
        self,
        text: str,
        *intents: str,
        verdict: Verdict = "unsure",
        question: bool = False,
        detected: Detection | None = None,
        found: Sequence[Hit] = (),
    ) -> "Talk":
        heard = understood(text, *intents, verdict=verdict, question=question)
        return self.event(
            Event("text", self.now, text=text, understanding=heard, detection=detected, found=tuple(found))
        )

    def sure(self, text: str, intent: str, question: bool = True) -> "Talk":
        return self.text(text, intent, verdict="sure", question=question)

    def press(self, payload: str) -> "Talk":
        return self.event(Event("payload", self.now, payload=payload))

    def event(self, event: Event) -> "Talk":
        given = replace(event, now=self.now, reference=REFERENCE, intakes=self.intakes, last_at=self.last_at, code=CODE)
        self.last_at = self.now
        step = dialogue().step(self.state, given)
        self.state, self.effects = load_state(step.state.model_dump(mode="json")), step.effects
        return self

    def later(self, **delta: float) -> "Talk":
        self.now += timedelta(**delta)
        return self


def payloads(message: Message) -> list[str]:
    return [b.payload for b in message.buttons]


def titles(buttons: Sequence[Button]) -> list[str]:
    return [b.title for b in buttons]


def scene(text: str = "", *intents: str, verdict: Verdict = "unsure", language: LanguageCode = "en") -> Scene:
    """A step's working table, for the parts that are tried on their own."""
    state = State(language=language, disclosed=True)
    event = Event("text", START, text=text, understanding=understood(text, *intents, verdict=verdict))
    return Scene(dialogue().world, state, event)
