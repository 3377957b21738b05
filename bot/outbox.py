"""Rows to send: which is next in a conversation's lane, who is sending it, and what became of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot import alerts, attachments
from bot.erasure import forget, slack_files, slack_messages
from bot.ports import Delivery, Json, Sent
from bot.store.models import Conversation, HandoffRow, OutboxRow
from bot.unit import SLACK

LEASE = timedelta(seconds=120)
"""How long a process may take to send a row before another one takes it over."""

SILENCED = frozenset({"answer", "clarify", "decline", "unknown", "form"})
"""What the assistant no longer sends once a coordinator owns the conversation. Its notices still go: they tell
of a reference, of an erasure or of the coordinator."""

_THREADED = frozenset({"card_update", "transcript", "relay", "file"})


@dataclass(frozen=True, slots=True)
class Leased:
    """A row that this process is sending, and until when it is this one's to send."""

    position: int
    conversation_id: str
    until: datetime
    attempts: int
    forget: bool
    delivery: Delivery


def _heads(lane: str) -> ColumnElement[bool]:
    """The first pending row of each conversation in a lane: the others wait for it."""
    earlier = aliased(OutboxRow)
    first = (
        select(func.min(earlier.position))
        .where(
            earlier.lane == lane,
            earlier.status == "pending",
            earlier.conversation_id == OutboxRow.conversation_id,
        )
        .scalar_subquery()
    )
    return (OutboxRow.lane == lane) & (OutboxRow.status == "pending") & (OutboxRow.position == first)


async def due(
    session: AsyncSession,
    lane: str,
    now: datetime,
    busy: Collection[str],
    limit: int,
    held: Collection[str] = (),
    probing: bool = False,
) -> list[str]:
    """Conversations whose next row may be sent now, longest waiting first, without `held` kinds.

    For probing a channel the least tried come first: a row may be the reason why it fails.
    """
    rows = await session.scalars(
        select(OutboxRow.conversation_id)
        .where(
            _heads(lane),
            OutboxRow.next_attempt_at <= now,
            OutboxRow.conversation_id.not_in(busy),
            OutboxRow.kind.not_in(held),
        )
        .order_by(*((OutboxRow.attempts,) if probing else ()), OutboxRow.position)
        .limit(limit)
    )
    return list(rows.all())


async def next_due(
    session: AsyncSession, lane: str, busy: Collection[str], held: Collection[str] = ()
) -> datetime | None:
    """When the next row may be sent, `held` kinds left out, or None while nothing waits."""
    found: datetime | None = await session.scalar(
        select(OutboxRow.next_attempt_at)
        .where(_heads(lane), OutboxRow.conversation_id.not_in(busy), OutboxRow.kind.not_in(held))
        .order_by(OutboxRow.next_attempt_at)
        .limit(1)
    )
    return found


async def release_leases(session: AsyncSession, lane: str, now: datetime) -> None:
    """Take over what an earlier process was sending when it died: whether it arrived is unknown."""
    await _release(session, OutboxRow.lane == lane, now)


async def release(session: AsyncSession, number: int, now: datetime) -> int:
    """The same for one of several processes; gives how many rows it was sending."""
    return await _release(session, OutboxRow.leased_by == number, now)


async def senders(session: AsyncSession) -> set[int]:
    """The numbers of the processes that are sending, or were when they died."""
    found = await session.scalars(select(OutboxRow.leased_by).where(OutboxRow.leased_until.is_not(None)).distinct())
    return {number for number in found if number is not None}


async def lease(
    session: AsyncSession,
    lane: str,
    conversation_id: str,
    now: datetime,
    held: Collection[str] = (),
    number: int | None = None,
) -> Leased | None:
    """Take the conversation's next row for sending; None when nothing is due, or its kind is held back.

    `number` is that of this process, if there are several.
    Until the outcome is known the row counts as uncertain, so that a crash leaves it that way.
    """
    while row := await _take(session, lane, conversation_id, now, held):
        conversation = await session.get_one(Conversation, conversation_id)
        handoff = await session.get(HandoffRow, row.handoff_id) if row.handoff_id else None
        thread = _thread(handoff)
        content = None
        if _silenced(row, conversation) or (row.kind == "alert" and now - row.created_at > alerts.STALE):
            row.status = "cancelled"
        elif row.kind in _THREADED and thread is None:
            row.status, row.last_error = "failed", "its card was not delivered"
        elif row.kind == "file" and (content := await attachments.content_of(session, row.body["attachment"])) is None:
            row.status = "cancelled"
        else:
            delivery = Delivery(
                id=row.id,
                channel=lane,
                kind=row.kind,  # type: ignore[arg-type]
                address="" if lane == SLACK else row.address or conversation.address,
                body=row.body,
                thread=thread,
                uncertain=row.uncertain,
                content=content,
                others=await _others(session, row) if row.kind == "file" and row.uncertain else frozenset(),
            )
            row.attempts += 1
            row.leased_until = row.next_attempt_at = until = now + LEASE
            row.leased_by = number
            row.uncertain = True
            return Leased(row.position, conversation_id, until, row.attempts, row.forget, delivery)
        await session.flush()
    return None


async def sent(session: AsyncSession, leased: Leased, result: Sent, now: datetime) -> None:
    """Write down where a row went. What it said stands in the transcript; here it is no longer needed."""
    row = await _locked(session, leased)
    if row.status == "cancelled":
        _unsend(session, row, result.external, [], now)
        return
    row.status, row.sent_at, row.leased_until, row.uncertain = "sent", now, None, False
    row.body, row.last_error = {}, None
    row.external = result.external
    if row.forget:
        forget(row)
    if row.kind == "card" and result.thread and row.handoff_id:
        handoff = await session.get_one(HandoffRow, row.handoff_id)
        handoff.slack_channel, handoff.slack_ts = result.thread


async def postponed(
    session: AsyncSession, leased: Leased, reason: str, uncertain: bool, now: datetime, again_at: datetime
) -> None:
    """Write down that a row is to be tried again at `again_at`, unless another process took it over."""
    row = await _locked(session, leased)
    uncertain = uncertain or leased.delivery.uncertain
    if row.status == "cancelled":
        _unsend(session, row, {}, [row.id] if uncertain else [], now)
        return
    if row.leased_until != leased.until:
        return
    row.leased_until, row.next_attempt_at = None, again_at
    row.uncertain, row.last_error = uncertain, reason


async def failed(session: AsyncSession, leased: Leased, reason: str, now: datetime) -> None:
    """Write down that a row cannot be sent, and tell whom it concerns, unless another process took it over."""
    row = await _locked(session, leased)
    if row.status == "cancelled":
        _unsend(session, row, {}, [row.id], now)
        return
    if row.leased_until != leased.until:
        return
    row.leased_until = None
    row.status, row.last_error = "failed", reason
    if row.forget:
        forget(row)
    else:
        await alerts.undeliverable(session, row, reason, now)


async def _take(
    session: AsyncSession, lane: str, conversation_id: str, now: datetime, held: Collection[str]
) -> OutboxRow | None:
    found: OutboxRow | None = await session.scalar(
        select(OutboxRow)
        .where(
            _heads(lane),
            OutboxRow.conversation_id == conversation_id,
            OutboxRow.next_attempt_at <= now,
            OutboxRow.kind.not_in(held),
        )
        .with_for_update(skip_locked=True)
    )
    return found


async def _release(session: AsyncSession, whose: ColumnElement[bool], now: datetime) -> int:
    leased = select(OutboxRow).where(whose, OutboxRow.leased_until.is_not(None)).with_for_update()
    rows = (await session.scalars(leased)).all()
    for row in rows:
        if row.status == "cancelled":
            _unsend(session, row, {}, [row.id], now)
        else:
            row.leased_until, row.next_attempt_at = None, now
    return len(rows)


async def _locked(session: AsyncSession, leased: Leased) -> OutboxRow:
    return await session.get_one(OutboxRow, leased.position, with_for_update=True)


def _thread(handoff: HandoffRow | None) -> tuple[str, str] | None:
    if handoff is None or handoff.slack_channel is None or handoff.slack_ts is None:
        return None
    return handoff.slack_channel, handoff.slack_ts


async def _others(session: AsyncSession, row: OutboxRow) -> frozenset[str]:
    """Slack's ids of the files that the handoff's other deliveries became."""
    others = await session.scalars(
        select(OutboxRow.external).where(
            OutboxRow.handoff_id == row.handoff_id, OutboxRow.kind == "file", OutboxRow.id != row.id
        )
    )
    return frozenset(id_ for external in others for id_ in slack_files(external))


def _silenced(row: OutboxRow, conversation: Conversation) -> bool:
    return (
        conversation.owner == "coordinator"
        and row.kind == "message"
        and row.body.get("author") == "assistant"
        and row.body.get("kind") in SILENCED
    )


def _unsend(session: AsyncSession, row: OutboxRow, external: Json, uncertain: list[str], now: datetime) -> None:
    """The conversation was erased while the row was being sent: take back what arrived in Slack."""
    row.leased_until = None
    messages, files = slack_messages(external), slack_files(external)
    if row.lane == SLACK and (messages or files or uncertain):
        session.add(
            OutboxRow(
                id=str(uuid4()),
                conversation_id=row.conversation_id,
                lane=SLACK,
                kind="erase",
                body={"messages": messages, "files": files, "uncertain": uncertain},
                next_attempt_at=now,
                created_at=now,
            )
        )
