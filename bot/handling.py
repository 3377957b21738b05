"""Running the turns of a conversation: one at a time and in order, different conversations in parallel."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakValueDictionary

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import coordination, handoffs, intakes, moving, references, setting_aside
from bot.alerts import inbox_name
from bot.carrying import carry_out
from bot.coordination import Notices
from bot.errors import RequestError
from bot.inbox import read_incoming
from bot.ports import Incoming, Reply
from bot.privacy import describe
from bot.signals import Signals
from bot.store.engine import Store
from bot.store.models import Conversation, InboxRow
from bot.turn import Before, Decision, Turn
from bot.unanswered import find_rated
from bot.unit import Unit, rest_of_reply

log = logging.getLogger(__name__)


def is_open() -> ColumnElement[bool]:
    """Of inbox rows: whether they wait to be handled."""
    return InboxRow.handled_at.is_(None) & InboxRow.set_aside_at.is_(None)


_INBOX, _CONVERSATIONS = InboxRow.__table__, Conversation.__table__
_FIRST_OPEN = (
    select(InboxRow, Conversation)
    .join(Conversation)
    .where(InboxRow.conversation_id == bindparam("conversation_id"), InboxRow.id <= bindparam("up_to"), is_open())
    .order_by(InboxRow.id)
    .limit(1)
)
_AS_IT_WAS = (
    select(_CONVERSATIONS.c.revision, _INBOX.c.handled_at, _INBOX.c.set_aside_at)
    .select_from(_CONVERSATIONS.join(_INBOX))
    .where(_INBOX.c.id == bindparam("id"))
    .with_for_update(of=_CONVERSATIONS)
)
_DONE = (
    update(_INBOX)  # type: ignore[arg-type]
    .where(_INBOX.c.id == bindparam("row"))
    .values(handled_at=bindparam("now"), reply=bindparam("said"), error=None)
)


@dataclass(frozen=True, slots=True)
class _Work:
    """The first open row of a conversation and how things stand, loaded but in no session; its update unless it is a
    coordinator's doing."""

    row: InboxRow
    conversation: Conversation
    incoming: Incoming | None
    before: Before


class Handler:
    """Takes inbox rows through understanding, dialogue and one transaction."""

    def __init__(self, store: Store, turn: Turn, signals: Signals, notices: Notices) -> None:
        self._store = store
        self._turn = turn
        self._signals = signals
        self._notices = notices
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def alone_with(self, conversation_id: str) -> AsyncIterator[None]:
        """Keep all other turns of a conversation away meanwhile, waiting for the one that is at it."""
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        async with lock, self._signals.exclusive(conversation_id):
            yield

    async def handle(self, inbox_id: int, conversation_id: str, orphans: bool = False) -> Reply | None:
        """Handle an accepted update and any before it in its conversation: its reply, or None if that was done.

        `orphans` may be what a process died of: their attempts are counted before they are made.
        Raises RequestError 503 when a turn failed; it was rolled back and will be tried again.
        """
        async with self.alone_with(conversation_id):
            while work := await self._look(conversation_id, inbox_id):
                row_id = work.row.id
                if orphans and not await self._begun(row_id):
                    self._signals.committed(conversation_id)
                    continue
                try:
                    reply = await self._attempt(work)
                except (moving.CodeGone, handoffs.ReferenceTaken):
                    continue
                except coordination.Elsewhere:
                    await self._follow(row_id)
                    continue
                except RequestError as error:  # the database is away: that says nothing of the turn
                    if orphans:
                        await self._failed(row_id, error, counted=True)
                    raise
                except Exception as error:
                    if await self._failed(row_id, error, counted=orphans):
                        self._signals.committed(conversation_id)
                        continue
                    raise RequestError(
                        503, "turn_failed", "The assistant could not answer just now.", retry_after=5
                    ) from error
                if brought := work.before.brought:
                    self._signals.committed(brought.conversation_id)
                if reply and row_id == inbox_id:
                    return reply
        return None

    async def handle_open(self) -> None:
        """Handle what a process that died, or a failed turn, left behind."""
        async with self._store.read() as session:
            rows = await session.execute(
                select(InboxRow.id, InboxRow.conversation_id).where(is_open()).order_by(InboxRow.id)
            )
            waiting = rows.all()
        for row_id, conversation_id in waiting:
            with suppress(RequestError):  # logged where it happened
                await self.handle(row_id, conversation_id, orphans=True)

    async def _attempt(self, work: _Work) -> Reply | None:
        """Handle one row. None when another process handled it or changed the conversation meanwhile."""
        row, conversation = work.row, work.conversation
        decision = await self._turn.decide(work.before, work.incoming) if work.incoming else None
        async with self._store.begin() as connection:
            stands = (await connection.execute(_AS_IT_WAS, {"id": row.id})).one()
            if tuple(stands) != (work.before.revision, None, None):
                return None
            now = self._turn.clock()
            language = conversation.language or "en"
            kb = decision.kb if decision else self._turn.kb
            async with Unit(connection, conversation, kb, now, language, row.id) as unit:  # type: ignore[arg-type]
                await self._write(unit, row, decision)
            reply = rest_of_reply(conversation)
            await connection.execute(_DONE, {"row": row.id, "now": now, "said": reply})
        self._signals.said(conversation.id)
        if unit.sends:
            self._signals.waiting()
        if unit.erased:
            await self._store.scrub()
        return Reply(messages=tuple(unit.said), **reply)

    async def _write(self, unit: Unit, row: InboxRow, decision: Decision | None) -> None:
        if decision:
            unit.conversation.last_active_at = unit.now
            await carry_out(unit, row.kind, decision)
        else:
            await coordination.carry_out(unit, row.kind, row.body, self._notices)

    async def _look(self, conversation_id: str, up_to: int) -> _Work | None:
        async with self._store.read() as session:
            found = await session.execute(_FIRST_OPEN, {"conversation_id": conversation_id, "up_to": up_to})
            pair = found.one_or_none()
            if pair is None:
                return None
            row, conversation = pair
            incoming = None if row.kind in coordination.KINDS else read_incoming(row, conversation)
            before = await _before(session, conversation, incoming, row.id, self._turn.clock())
            return _Work(row, conversation, incoming, before)

    async def _follow(self, row_id: int) -> None:
        async with self._store.write() as session:
            row = await session.get_one(InboxRow, row_id, with_for_update=True)
            if row.handled_at is None:
                await coordination.follow(session, row, self._turn.clock())

    async def _begun(self, row_id: int) -> bool:
        """Count an attempt before it is made; False when that was done often enough and the row is put aside."""
        async with self._store.write() as session:
            row = await session.get_one(InboxRow, row_id, with_for_update=True)
            if row.handled_at or row.set_aside_at:
                return True  # by another process, which the attempt finds out
            if setting_aside.is_enough(row):
                row.error = row.error or "its process ended each time"
                await self._set_aside(session, row)
                return False
            row.attempts += 1
        return True

    async def _failed(self, row_id: int, error: Exception, counted: bool) -> bool:
        """Write a failed attempt down; whether it was the last one and those behind it may go on."""
        async with self._store.write() as session:
            row = await session.get_one(InboxRow, row_id, with_for_update=True)
            if row.handled_at or row.set_aside_at:
                return True
            row.attempts += not counted
            row.error = describe(error)
            if setting_aside.is_enough(row):
                await self._set_aside(session, row)
                return True
        log.error("Turn %s failed (attempt %d), it is tried again: %s", inbox_name(row_id), row.attempts, row.error)
        return False

    async def _set_aside(self, session: AsyncSession, row: InboxRow) -> None:
        await setting_aside.set_aside(session, row, self._turn, self._notices, self._turn.clock())
        log.error(
            "Turn %s failed %d times and is set aside, its person was told (%s): report this line; "
            "`deliveries replay %s` has it handled again",
            inbox_name(row.id),
            row.attempts,
            row.error,
            inbox_name(row.id),
        )


async def _before(
    session: AsyncSession, conversation: Conversation, incoming: Incoming | None, inbox_id: int, now: datetime
) -> Before:
    return Before(
        state=conversation.state,
        owner=conversation.owner,  # type: ignore[arg-type]
        revision=conversation.revision,
        intakes=await intakes.statuses(session, conversation.id),
        reference=references.draw(),
        last_at=conversation.last_active_at,
        code=moving.fresh(),
        brought=await moving.find_brought(session, conversation, incoming, now) if incoming else None,
        rated=await find_rated(session, conversation.id, incoming) if incoming else None,
        inbox_id=inbox_id,
    )
