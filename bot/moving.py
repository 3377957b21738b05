"""Conversations that go on in another channel: one-time codes, and what is taken over with them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import intakes, references
from bot.ports import Incoming
from bot.store.models import AttachmentRow, CodeAttempt, CodeRow, Conversation, HandoffRow, IntakeRow, OutboxRow
from bot.unit import SLACK, Unit
from dialogues.messages import Message
from dialogues.moving import VALID, read_code
from dialogues.state import State, load_state

LENGTH = 8
WINDOW = timedelta(hours=1)
MOST_HERE, MOST_ANYWHERE = 5, 1000
"""Wrong codes within the window after which none is looked at any more, in one conversation and in all together.

Of 19^8 codes (17 thousand million) a thousand tries an hour find one of a hundred open codes in 19 years.
"""


class CodeGone(Exception):
    """The code was used, or its conversation went on, since it was looked at: the turn is run again."""


@dataclass(frozen=True, slots=True)
class Brought:
    """The conversation that a code opens, as it stood when it was looked at."""

    conversation_id: str
    revision: int
    state: State


def fresh() -> str:
    """A code with at least one letter and one digit."""
    while True:
        if code := read_code(references.letters(LENGTH)):
            return code


async def find_brought(
    session: AsyncSession, conversation: Conversation, incoming: Incoming, now: datetime
) -> Brought | None:
    """What the code in an update opens; None for any other update, a wrong code, and after too many."""
    code = read_code(incoming.text) if incoming.kind == "text" else None
    if code is None or await _too_many(session, conversation.id, now):
        return None
    row = await session.get(CodeRow, _digest(code))
    if row is None or row.expires_at <= now or row.conversation_id == conversation.id:
        return None
    other = await session.get_one(Conversation, row.conversation_id)
    return Brought(other.id, other.revision, load_state(other.state))


async def issue(unit: Unit, code: str) -> None:
    """Let a code open the conversation once, instead of any earlier one."""
    await forget(unit.session, unit.conversation.id)
    unit.session.add(CodeRow(digest=_digest(code), conversation_id=unit.conversation.id, expires_at=unit.now + VALID))


async def miss(unit: Unit) -> None:
    """Count a wrong code."""
    unit.session.add(CodeAttempt(conversation_id=unit.conversation.id, at=unit.now))


async def take_over(unit: Unit, brought: Brought, code: str, farewell: str) -> None:
    """Let the intakes, threads, files and owner of the other conversation be this one's, and say so over there.

    Raises CodeGone.
    """
    session, here = unit.session, unit.conversation
    row = await session.get(CodeRow, _digest(code), with_for_update=True)
    other = await session.get_one(Conversation, brought.conversation_id, with_for_update=True)
    if row is None or row.expires_at <= unit.now or other.revision != brought.revision:
        raise CodeGone
    await session.delete(row)
    for reference in await session.scalars(select(IntakeRow.reference).where(IntakeRow.conversation_id == other.id)):
        intakes.record(session, reference, "person", "moved", unit.now, here.channel)
    # The outbox before the handoffs, as where a card is written down as sent: each would else wait for the other.
    mine = (OutboxRow.conversation_id == other.id) & (OutboxRow.lane == SLACK)
    await session.execute(update(OutboxRow).where(mine).values(conversation_id=here.id))
    for table in (IntakeRow, HandoffRow, AttachmentRow):
        await session.execute(update(table).where(table.conversation_id == other.id).values(conversation_id=here.id))
    if other.owner == "coordinator":
        here.owner, other.owner = "coordinator", "assistant"
    if here.continued_in == other.id:
        here.continued_in = None
    other.continued_in = here.id
    left = load_state(other.state)
    left.form = left.paused = left.waiting = left.reference = left.doubt = None
    other.state = left.model_dump(mode="json")
    async with Unit(session, other, unit.kb, unit.now, unit.language) as there:
        there.say(Message("notice", farewell))


async def linked(session: AsyncSession, conversation_id: str) -> list[str]:
    """The other conversations of the same person: those continued here, and where this one was continued."""
    known = {conversation_id}
    while True:
        rows = await session.execute(
            select(Conversation.id, Conversation.continued_in).where(
                or_(Conversation.id.in_(known), Conversation.continued_in.in_(known))
            )
        )
        found = {id_ for pair in rows for id_ in pair if id_}
        if found <= known:
            return sorted(known - {conversation_id})
        known |= found


async def continued_here(session: AsyncSession, conversation_id: str) -> list[str]:
    """The conversation and those that were continued in it, directly or in between."""
    known = [conversation_id]
    for id_ in known:
        rows = await session.scalars(select(Conversation.id).where(Conversation.continued_in == id_))
        known += [found for found in rows if found not in known]
    return known


async def forget(session: AsyncSession, conversation_id: str) -> None:
    """Remove the codes of a conversation."""
    await session.execute(delete(CodeRow).where(CodeRow.conversation_id == conversation_id))


async def clean(session: AsyncSession, now: datetime) -> None:
    """Remove what is out of date."""
    await session.execute(delete(CodeRow).where(CodeRow.expires_at <= now))
    await session.execute(delete(CodeAttempt).where(CodeAttempt.at <= now - WINDOW))


async def _too_many(session: AsyncSession, conversation_id: str, now: datetime) -> bool:
    lately = CodeAttempt.at > now - WINDOW
    anywhere = await session.scalar(select(func.count()).select_from(CodeAttempt).where(lately))
    here = await session.scalar(
        select(func.count()).select_from(CodeAttempt).where(lately, CodeAttempt.conversation_id == conversation_id)
    )
    return (here or 0) >= MOST_HERE or (anywhere or 0) >= MOST_ANYWHERE


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
