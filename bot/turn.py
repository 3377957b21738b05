"""Understanding an update and deciding what to do about it, before anything is written."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from bot.moving import Brought
from bot.ports import Incoming, Json, Owner
from bot.unanswered import Masker, Note, Rated, answered, note
from dialogues.effects import Effect, Rate, Submit
from dialogues.events import Event, IntakeStatus
from dialogues.rating import read_rating
from dialogues.state import Attachment, State, load_state
from knowledge.base import KnowledgeBase
from knowledge.search import Hit
from nlu.types import Detection, Interpreter, LanguageCode, LanguageDetector, LanguagePrior, Understanding

Clock = Callable[[], datetime]
_TYPED = ("text", "edited")
REMINDING = frozenset({"telegram"})
"""Channels that bring a reminder to somebody who is away; a web page that is closed does not."""


class Step(Protocol):
    """What the dialogue decided."""

    @property
    def state(self) -> State:
        """The conversation's memory after the event."""
        ...

    @property
    def effects(self) -> Sequence[Effect]:
        """What is to be done, in order."""
        ...


class Dialogue(Protocol):
    """The assistant's decisions: pure, without I/O, clock or randomness."""

    def step(self, state: State, event: Event) -> Step:
        """Answer one event."""
        ...

    def notice(self, key: str, language: LanguageCode, **values: object) -> str:
        """A notice's text, for what happens outside a step."""
        ...

    def name(self, identifier: str, language: LanguageCode) -> str:
        """The name of a topic or of a form's option. Raises KeyError."""
        ...


class Match(Protocol):
    """Suggested regions with their reasons."""

    def as_json(self) -> Json:
        """{"regions": […]} as DESIGN's contract writes it."""
        ...


class Matcher(Protocol):
    """Scores the regions for an intake."""

    def match(self, challenges: Sequence[str], text: str, wishes: Sequence[str], *, home: str | None = None) -> Match:
        """Score every region. May take a while, so it is called in a thread."""
        ...


class Search(Protocol):
    """Finds facts that a question may ask for."""

    def search(self, text: str, readings: Mapping[str, float]) -> Sequence[Hit]:
        """The likeliest first, weighed with the confidences of the readings. Takes under a millisecond."""
        ...


@dataclass(frozen=True, slots=True)
class Engines:
    """What understands and decides, the same for all conversations; loaded and exchanged as one."""

    kb: KnowledgeBase
    detector: LanguageDetector
    interpreter: Interpreter
    dialogue: Dialogue
    matcher: Matcher
    search: Search
    masker: Masker


@dataclass(frozen=True, slots=True)
class Before:
    """A conversation as it stood before the update; `revision` tells whether it still does.

    `rated` is the answer that the update rates, `last_at` when the person was here before,
    `code` is a fresh one, `brought` what a typed code opens.
    """

    state: Mapping[str, Any]
    owner: Owner
    revision: int
    intakes: tuple[IntakeStatus, ...]
    reference: str
    rated: Rated | None = None
    inbox_id: int = 0
    last_at: datetime | None = None
    code: str = ""
    brought: Brought | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the update leads to: the new state, the effects, and the match of a submitted intake.

    `kb` is the knowledge base that it was decided with, `note` the question if it is worth a coordinator's look,
    `attachment` the file that came with the update, `brought` the conversation that a code in it opened.
    """

    state: State
    effects: tuple[Effect, ...]
    heard: str
    kb: KnowledgeBase
    match: Json | None = None
    note: Note | None = None
    attachment: Attachment | None = None
    brought: Brought | None = None


def utc_now() -> datetime:
    """The clock of the wall."""
    return datetime.now(UTC)


class Turn:
    """Runs the engines on one update. `engines` may be exchanged: what is under way ends with those it began with."""

    def __init__(self, engines: Engines, clock: Clock = utc_now) -> None:
        self.engines = engines
        self.clock = clock

    @property
    def kb(self) -> KnowledgeBase:
        """The knowledge base of the engines that answer now."""
        return self.engines.kb

    async def decide(self, before: Before, incoming: Incoming) -> Decision:
        """What the dialogue makes of the update.

        While a coordinator owns the conversation nothing is understood: the dialogue still sees the event, so
        that a person can always erase their data, and what it leaves unanswered is the coordinator's.
        """
        engines = self.engines
        state = load_state(dict(before.state))
        state.owner = before.owner
        state.hint = state.hint or incoming.language_hint
        heard = _heard(state, incoming)
        attachment = Attachment(id=before.inbox_id, **incoming.attachment) if incoming.attachment else None
        detection, understanding = await _understand(engines, state, incoming)
        found = _found(engines, understanding)
        step = engines.dialogue.step(
            state,
            Event(
                kind=incoming.kind,
                now=self.clock(),
                text=incoming.text,
                payload=incoming.payload,
                detail=incoming.detail,
                understanding=understanding,
                detection=detection,
                reference=before.reference,
                intakes=before.intakes,
                found=found,
                rated=before.rated is not None,
                attachment=attachment,
                later=incoming.later,
                last_at=before.last_at,
                reminds=incoming.channel in REMINDING,
                code=before.code,
                brought=before.brought.state if before.brought else None,
            ),
        )
        effects = tuple(step.effects)
        match = None
        for effect in effects:
            if isinstance(effect, Submit):
                match = await _match(engines, effect)
        noted = await _note(engines, before, incoming, understanding, step)
        return Decision(step.state, effects, heard, engines.kb, match, noted, attachment, before.brought)


async def _understand(
    engines: Engines, state: State, incoming: Incoming
) -> tuple[Detection | None, Understanding | None]:
    captioned = incoming.kind == "attachment" and incoming.text
    if not (incoming.kind in _TYPED or captioned) or state.owner == "coordinator":
        return None, None
    prior = LanguagePrior(state.language, state.language_chosen, state.hint)
    detection = engines.detector.detect(incoming.text, prior)
    if incoming.text.startswith("/"):
        return detection, None
    return detection, await engines.interpreter.parse(incoming.text, detection.language)


def _found(engines: Engines, understanding: Understanding | None) -> tuple[Hit, ...]:
    """Facts that may be asked for, where no topic is sure. Under a millisecond: the text is encoded already."""
    if understanding is None or understanding.verdict != "unsure" or not understanding.intents:
        return ()
    return tuple(engines.search.search(understanding.text, {i.name: i.confidence for i in understanding.intents}))


async def _match(engines: Engines, intake: Submit) -> Json:
    slots = intake.slots
    text = " ".join(str(slots[k]) for k in ("solution", "track_record", "need") if slots.get(k))
    wishes = _listed(slots.get("preferred_regions"))
    home = str(slots["region"]) if slots.get("region") else None
    challenges = _listed(slots.get("challenges"))
    match = await asyncio.to_thread(engines.matcher.match, challenges, text, wishes, home=home)
    return match.as_json()


async def _note(
    engines: Engines, before: Before, incoming: Incoming, understanding: Understanding | None, step: Step
) -> Note | None:
    """A typed question that was not answered, or what led to an answer that is rated unhelpful.

    Never what is said while a coordinator owns the conversation.
    """
    if before.owner == "coordinator":
        return None
    language = step.state.language or step.state.hint or "en"
    rated = before.rated
    if rated is not None:
        if Rate(rated.seq, helpful=False) not in step.effects:
            return None
        understanding = await engines.interpreter.parse(rated.question, language) if rated.typed else None
        return note("unhelpful", rated.question, engines.masker, language, rated.topic, understanding, rated.seq)
    why = answered(step.effects) if incoming.kind == "text" else None
    if why is None:
        return None
    return note(why[0], incoming.text, engines.masker, language, why[1], understanding)


def _listed(value: object) -> list[str]:
    if not value:
        return []
    return [str(v) for v in value] if isinstance(value, list | tuple) else [str(value)]


def _heard(state: State, incoming: Incoming) -> str:
    """The update as a line of the transcript: a button by its title, a rating by its thumb, a sticker by its kind."""
    if incoming.kind == "payload":
        if rating := read_rating(incoming.payload):
            return "👍" if rating.helpful else "👎"
        titles = {c.payload: c.title for c in state.offered}
        return titles.get(incoming.payload, incoming.payload)
    if incoming.kind == "unsupported":
        return " ".join(filter(None, (f"[{incoming.detail}]", incoming.text)))
    if incoming.attachment:
        return "\n".join(filter(None, (f"📎 {incoming.attachment['name']}", incoming.text)))
    return incoming.text
