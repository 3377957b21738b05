"""Running the turns of a conversation: one at a time and in order, different conversations in parallel."""

import asyncio
import logging
from contextlib import suppress
from datetime import datetime
from weakref import WeakValueDictionary

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import coordination, intakes, moving, references
from bot.carrying import carry_out
from bot.coordination import Notices
from bot.errors import RequestError
from bot.inbox import read_incoming
from bot.ports import Incoming, Json, Reply
from bot.privacy import describe
from bot.signals import Signals
from bot.store.engine import Store
from bot.store.models import Conversation, InboxRow
from bot.turn import Before, Decision, Turn
from bot.unanswered import find_rated
from bot.unit import Unit

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 5


class Handler:
    """Takes inbox rows through understanding, dialogue and one transaction."""

    def __init__(self, store: Store, turn: Turn, signals: Signals, notices: Notices) -> None:
        self._store = store
        self._turn = turn
        self._signals = signals
        self._notices = notices
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def handle(self, inbox_id: int) -> Reply | None:
        """Handle an accepted update and any before it in its conversation: its reply, or None if that was done.

        Raises RequestError 503 when a turn failed; it was rolled back and will be tried again.
        """
        conversation_id = await self._conversation_of(inbox_id)
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        async with lock:
            while looked := await self._look(conversation_id, inbox_id):
                row_id, incoming, before = looked
                try:
                    reply = await self._attempt(row_id, conversation_id, incoming, before)
                except moving.CodeGone:
                    continue
                except Exception as error:
                    await self._failed(row_id, error)
                    raise RequestError(
                        503, "turn_failed", "The assistant could not answer just now.", retry_after=5
                    ) from error
                self._signals.committed(conversation_id)
                if before.brought:
                    self._signals.committed(before.brought.conversation_id)
                if reply and row_id == inbox_id:
                    return reply
        return None

    async def handle_open(self) -> None:
        """Handle what a process that died, or a failed turn, left behind."""
        async with self._store.read() as session:
            rows = await session.scalars(select(InboxRow.id).where(_is_open()).order_by(InboxRow.id))
            waiting = rows.all()
        for row_id in waiting:
            with suppress(RequestError):  # logged where it happened
                await self.handle(row_id)

    async def _attempt(
        self, row_id: int, conversation_id: str, incoming: Incoming | None, before: Before
    ) -> Reply | None:
        """Handle one row. None when another process handled it or changed the conversation meanwhile."""
        decision = await self._turn.decide(before, incoming) if incoming else None
        async with self._store.write() as session:
            conversation = await session.get_one(Conversation, conversation_id, with_for_update=True)
            row = await session.get_one(InboxRow, row_id)
            if row.handled_at or row.set_aside_at or conversation.revision != before.revision:
                return None
            now = self._turn.clock()
            language = conversation.language or "en"
            kb = decision.kb if decision else self._turn.kb
            unit = Unit(session, conversation, kb, now, language, row.id)  # type: ignore[arg-type]
            await self._write(unit, row, decision)
            conversation.revision += 1
            row.handled_at, row.error = now, None
            row.reply = rest_of_reply(conversation)
        if unit.erased:
            await self._store.scrub()
        return Reply(messages=tuple(unit.said), **row.reply)

    async def _write(self, unit: Unit, row: InboxRow, decision: Decision | None) -> None:
        if decision:
            unit.conversation.last_active_at = unit.now
            await carry_out(unit, row.kind, decision)
        else:
            await coordination.carry_out(unit, row.kind, row.body, self._notices)

    async def _look(self, conversation_id: str, up_to: int) -> tuple[int, Incoming | None, Before] | None:
        """The first open row of the conversation, its update unless a coordinator's, and how things stand."""
        async with self._store.read() as session:
            found = await session.execute(
                select(InboxRow, Conversation)
                .join(Conversation)
                .where(InboxRow.conversation_id == conversation_id, InboxRow.id <= up_to, _is_open())
                .order_by(InboxRow.id)
                .limit(1)
            )
            pair = found.one_or_none()
            if pair is None:
                return None
            row, conversation = pair
            incoming = None if row.kind in coordination.KINDS else read_incoming(row, conversation)
            return row.id, incoming, await _before(session, conversation, incoming, row.id, self._turn.clock())

    async def _conversation_of(self, inbox_id: int) -> str:
        async with self._store.read() as session:
            found = await session.scalar(select(InboxRow.conversation_id).where(InboxRow.id == inbox_id))
        if found is None:
            raise RequestError(404, "not_found", "There is no such message.")
        return found

    async def _failed(self, row_id: int, error: Exception) -> None:
        async with self._store.write() as session:
            row = await session.get_one(InboxRow, row_id)
            row.attempts += 1
            row.error = describe(error)
            if row.attempts >= MAX_ATTEMPTS:
                row.set_aside_at = self._turn.clock()
        fate = "set aside" if row.set_aside_at else "will be tried again"
        log.error("Turn %d failed (attempt %d, %s): %s", row_id, row.attempts, fate, row.error)


async def _before(
    session: AsyncSession, conversation: Conversation, incoming: Incoming | None, inbox_id: int, now: datetime
) -> Before:
    return Before(
        state=conversation.state,
        owner=conversation.owner,  # type: ignore[arg-type]
        revision=conversation.revision,
        intakes=await intakes.statuses(session, conversation.id),
        reference=await references.fresh(session),
        last_at=conversation.last_active_at,
        code=moving.fresh(),
        brought=await moving.find_brought(session, conversation, incoming, now) if incoming else None,
        rated=await find_rated(session, conversation.id, incoming) if incoming else None,
        inbox_id=inbox_id,
    )


def _is_open() -> ColumnElement[bool]:
    return InboxRow.handled_at.is_(None) & InboxRow.set_aside_at.is_(None)


def rest_of_reply(conversation: Conversation) -> Json:
    """What a reply says besides its messages."""
    form = conversation.state.get("form")
    return {
        "language": conversation.language or "en",
        "awaiting": form["awaiting"] if form else None,
        "owner": conversation.owner,
        "reference": conversation.state.get("reference"),
    }
