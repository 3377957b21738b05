"""Questions worth a coordinator's look: what was declined, clarified, in no source, or answered unhelpfully.

They are kept without personal data, and go with their conversation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ports import Incoming, Json
from bot.store.models import MessageRow, QuestionRow
from bot.unit import Unit
from dialogues.effects import Effect, Say
from dialogues.rating import read_rating
from nlu.types import LanguageCode, Understanding

LONGEST = 300
"""Characters of a question; what is longer tells of the one who writes, and is not kept."""
READINGS = 3
KINDS = {"decline": "declined", "clarify": "clarified", "unknown": "unknown"}
"""What is kept, by the kind of message that answered it. "unhelpful" comes from a rating."""


class Masker(Protocol):
    """Takes personal data out of a text."""

    def mask(self, text: str) -> str:
        """The text with a mark for each address, number, reference and name."""
        ...


@dataclass(frozen=True, slots=True)
class Rated:
    """The answer that a person rated: what it was asked with, typed or pressed, and what it was about."""

    seq: int
    question: str
    typed: bool
    topic: str | None


@dataclass(frozen=True, slots=True)
class Note:
    """A question to be kept. `text` is masked; `seq` is that of the rated answer, if one was rated."""

    kind: str
    text: str
    language: LanguageCode
    readings: tuple[Json, ...] = ()
    topic: str | None = None
    engine: str = "none"
    seq: int | None = None


def answered(effects: Sequence[Effect]) -> tuple[str, str | None] | None:
    """Why a typed question is worth a look, by what was said to it, and the topic told; None for any other."""
    for effect in effects:
        if isinstance(effect, Say) and effect.message.kind in KINDS:
            return KINDS[effect.message.kind], next(iter(effect.message.topics), None)
    return None


def note(
    kind: str,
    text: str,
    masker: Masker,
    language: LanguageCode,
    topic: str | None,
    understanding: Understanding | None,
    seq: int | None = None,
) -> Note | None:
    """The question as it is kept, or None when it is too long or nothing is left of it."""
    masked = masker.mask(text.strip()) if len(text) <= LONGEST else ""
    if not any(c.isalnum() for c in masked):
        return None
    intents = understanding.intents[:READINGS] if understanding else ()
    readings = tuple({"topic": i.name, "confidence": i.confidence} for i in intents)
    return Note(kind, masked, language, readings, topic, understanding.engine if understanding else "none", seq)


async def find_rated(session: AsyncSession, conversation_id: str, incoming: Incoming) -> Rated | None:
    """The answer of the conversation that an update rates; None when it rates none."""
    rating = read_rating(incoming.payload) if incoming.kind == "payload" else None
    if rating is None:
        return None
    answer = await session.scalar(
        select(MessageRow).where(
            MessageRow.conversation_id == conversation_id,
            MessageRow.seq == rating.seq,
            MessageRow.kind == "answer",
            MessageRow.author == "assistant",
        )
    )
    if answer is None:
        return None
    asked = await session.scalar(
        select(MessageRow)
        .where(MessageRow.inbox_id == answer.inbox_id, MessageRow.author == "person")
        .order_by(MessageRow.id)
        .limit(1)
    )
    question, typed = (asked.text, asked.kind == "text") if asked else ("", False)
    return Rated(rating.seq, question, typed, next(iter(answer.topics), None))


async def keep(unit: Unit, kept: Note) -> None:
    """Write a question down; an answer that is rated twice stays one question."""
    if kept.seq is not None and await _of_answer(unit, kept.seq) is not None:
        return
    unit.session.add(
        QuestionRow(
            conversation_id=unit.conversation.id,
            seq=kept.seq,
            kind=kept.kind,
            language=kept.language,
            text=kept.text,
            readings=list(kept.readings),
            topic=kept.topic,
            engine=kept.engine,
            at=unit.now,
        )
    )


async def withdraw(unit: Unit, seq: int) -> None:
    """An answer was helpful after all: what was noted about it goes, unless a coordinator dealt with it."""
    row = await _of_answer(unit, seq)
    if row is not None and row.status == "open":
        await unit.session.delete(row)


async def forget(session: AsyncSession, conversation_id: str) -> None:
    """Remove all questions of a conversation."""
    await session.execute(delete(QuestionRow).where(QuestionRow.conversation_id == conversation_id))


async def _of_answer(unit: Unit, seq: int) -> QuestionRow | None:
    found: QuestionRow | None = await unit.session.scalar(
        select(QuestionRow).where(QuestionRow.conversation_id == unit.conversation.id, QuestionRow.seq == seq)
    )
    return found
