"""What an operator or a coordinator must hear of, told in Slack without personal data."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal
from uuid import UUID, uuid4, uuid5

from sqlalchemy import case, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ports import Json
from bot.store.adding import add_once
from bot.store.models import Conversation, HandoffRow, InboxRow, OutboxRow
from bot.unit import SLACK

Event = Literal["set_aside", "not_done", "unreached", "not_shown", "not_erased", "channel_down"]

STALE = timedelta(days=1)
"""Age after which an alert is no news any more, such as when Slack is connected for the first time."""
AGAIN = timedelta(hours=1)
"""Time after which it is told again that a channel is down for the same reason."""
_NAMESPACE = UUID("6f0d1c1e-6c3a-4d0e-9b5e-0b8d5f2a7c11")
_MISSED: Mapping[str, Event] = {
    **dict.fromkeys(("card", "transcript", "relay", "file"), "not_shown"),
    "erase": "not_erased",
}


def outbox_name(position: int) -> str:
    """An outbox row's name on the command line and in the log."""
    return f"out-{position}"


def inbox_name(id_: int) -> str:
    """An inbox row's name on the command line and in the log."""
    return f"in-{id_}"


async def channel_down(session: AsyncSession, conversation_id: str, channel: str, reason: str, now: datetime) -> None:
    """Tell that a channel takes nothing until somebody mends it. Any conversation may carry the alert.

    Each process finds that out by itself: the alert's id is made of what it tells, so that one of them tells it.
    """
    if channel == SLACK:
        return
    period = int(now.timestamp() // AGAIN.total_seconds())
    this, last = (str(uuid5(_NAMESPACE, f"{channel} {number} {reason}")) for number in (period, period - 1))
    told = select(OutboxRow.id).where(OutboxRow.id.in_((this, last)), OutboxRow.created_at > now - AGAIN)
    if await session.scalar(told) is None:
        values = _values(conversation_id, now, "channel_down", channel=channel, reason=reason)
        await add_once(session, OutboxRow, values | {"id": this})


async def set_aside(session: AsyncSession, row: InboxRow, now: datetime) -> None:
    """Tell that an update could not be handled; a coordinator's own doing in its thread."""
    handoff = await session.get(HandoffRow, row.body.get("handoff_id") or "")
    _add(
        session,
        row.conversation_id,
        now,
        "not_done" if handoff else "set_aside",
        handoff=handoff,
        row=inbox_name(row.id),
        channel=row.channel,
        kind=row.kind,
    )


async def undeliverable(session: AsyncSession, row: OutboxRow, reason: str, now: datetime) -> None:
    """Tell that a row was given up: to whoever talks with the person, or that something is missing in Slack."""
    name = outbox_name(row.position)
    add = partial(_add, session, row.conversation_id, now, row=name, channel=row.lane, kind=row.kind, reason=reason)
    if row.lane != SLACK:
        if handoff := await _talking(session, row):
            add("unreached", handoff=handoff)
    elif event := _MISSED.get(row.kind):
        handoff = await session.get(HandoffRow, row.handoff_id) if row.handoff_id else None
        add(event, reference=(handoff.reference if handoff else None) or "")


async def _talking(session: AsyncSession, row: OutboxRow) -> HandoffRow | None:
    """The thread of the coordinator who waits for the row to reach its person."""
    conversation = await session.get_one(Conversation, row.conversation_id)
    if conversation.owner != "coordinator" and row.body.get("author") != "coordinator":
        return None
    found: HandoffRow | None = await session.scalar(
        select(HandoffRow)
        .where(HandoffRow.conversation_id == row.conversation_id)
        .order_by(case((HandoffRow.status == "claimed", 0), else_=1), HandoffRow.created_at.desc())
        .limit(1)
    )
    return found


def _add(session: AsyncSession, conversation_id: str, now: datetime, event: Event, **details: Any) -> None:
    session.add(OutboxRow(**_values(conversation_id, now, event, **details)))


def _values(
    conversation_id: str,
    now: datetime,
    event: Event,
    *,
    handoff: HandoffRow | None = None,
    row: str = "",
    channel: str = "",
    kind: str = "",
    reason: str = "",
    reference: str = "",
) -> Json:
    details = {"row": row, "channel": channel, "kind": kind, "reason": reason, "reference": reference}
    return {
        "id": str(uuid4()),
        "conversation_id": conversation_id,
        "handoff_id": handoff.id if handoff else None,
        "lane": SLACK,
        "kind": "alert",
        "body": {"event": event, "created_at": now.isoformat(), **details},
        "next_attempt_at": now,
        "created_at": now,
    }
