"""What could not be delivered or handled, or waits: for an operator to look at, have done again, or drop."""

import re
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.alerts import inbox_name, outbox_name
from bot.erasure import forget
from bot.errors import SetupError
from bot.metrics import DELIVERIES
from bot.ports import Json
from bot.store.engine import Store
from bot.store.models import InboxRow, OutboxRow
from bot.unit import SLACK

State = Literal["failed", "set_aside", "waiting"]

GRACE = timedelta(minutes=1)
"""Younger rows are on their way."""
LANES = ("telegram", SLACK)
DROPPED = "dropped by an operator"
_NAME = re.compile(r"(in|out)-(\d{1,9})")
_OPEN = InboxRow.handled_at.is_(None)
_UNSENT = OutboxRow.lane.in_(LANES) & OutboxRow.status.in_(("failed", "pending"))


@dataclass(frozen=True, slots=True)
class Stuck:
    """A row that is listed, without what it says. `since` is when it came in or was to go out.

    It is not `replayable` when its person had it erased meanwhile.
    """

    id: str
    state: State
    since: datetime
    channel: str
    kind: str
    conversation: str
    attempts: int
    reason: str
    replayable: bool = True

    def as_json(self) -> Json:
        """For programs."""
        return asdict(self) | {"since": self.since.isoformat()}


async def stuck(session: AsyncSession, now: datetime, channel: str | None = None) -> list[Stuck]:
    """Everything that failed, was set aside, or has waited for over a minute; oldest first."""
    inbox = select(InboxRow).where(_OPEN, InboxRow.set_aside_at.is_not(None) | (InboxRow.received_at < now - GRACE))
    outbox = select(OutboxRow).where(_UNSENT, _listed(now))
    if channel:
        inbox, outbox = inbox.where(InboxRow.channel == channel), outbox.where(OutboxRow.lane == channel)
    updates = (await session.scalars(inbox.order_by(InboxRow.id))).all()
    rows = (await session.scalars(outbox.order_by(OutboxRow.position))).all()
    found = [*map(_update, updates), *_deliveries(rows)]
    return sorted(found, key=lambda row: row.since)


async def count(store: Store, now: datetime) -> None:
    """Set the metric that tells how much of it there is."""
    outbox = select(OutboxRow.status, func.count()).where(_UNSENT, _listed(now)).group_by(OutboxRow.status)
    is_aside = InboxRow.set_aside_at.is_not(None)
    inbox = (
        select(is_aside, func.count()).where(_OPEN, is_aside | (InboxRow.received_at < now - GRACE)).group_by(is_aside)
    )
    async with store.read() as session:
        sent = dict((await session.execute(outbox)).tuples().all())
        taken = dict((await session.execute(inbox)).tuples().all())
    DELIVERIES.labels("failed").set(sent.get("failed", 0))
    DELIVERIES.labels("waiting").set(sent.get("pending", 0) + taken.get(False, 0))
    DELIVERIES.labels("set_aside").set(taken.get(True, 0))


def _listed(now: datetime) -> ColumnElement[bool]:
    return (OutboxRow.status == "failed") | (OutboxRow.created_at < now - GRACE)


async def show(session: AsyncSession, name: str) -> Json:
    """One row with what it says. Raises SetupError when there is none."""
    row = await _row(session, name)
    if isinstance(row, InboxRow):
        more: Json = {"external_id": row.external_id, "body": row.body}
        return _update(row).as_json() | more
    (found,) = _deliveries([row])
    more = {"address": row.address, "uncertain": row.uncertain, "next_attempt_at": row.next_attempt_at.isoformat()}
    return found.as_json() | more | {"body": row.body}


async def replay(session: AsyncSession, names: Collection[str], now: datetime) -> int:
    """Have rows handled or sent again, from the first attempt on; what waits is tried at once. Gives their number.

    What could not be shown because its card was not goes along with the card. Raises SetupError, and changes nothing,
    when one of them is not there or says nothing any more.
    """
    rows = [await _row(session, name, lock=True) for name in dict.fromkeys(names)]
    if empty := [row.id for row in _deliveries([r for r in rows if isinstance(r, OutboxRow)]) if not row.replayable]:
        raise SetupError(f"{', '.join(empty)}: its person erased what it said; `deliveries drop` takes it off the list")
    done = {_again(row, now) for row in rows}
    for card in (r for r in rows if isinstance(r, OutboxRow) and r.kind == "card"):
        done |= {_again(row, now) for row in await _below(session, card)}
    return len(done)


async def drop(session: AsyncSession, names: Collection[str], now: datetime) -> int:
    """Give rows up for good and empty them. Gives their number. Raises SetupError when one of them is not there."""
    rows = [await _row(session, name, lock=True) for name in dict.fromkeys(names)]
    for row in rows:
        if isinstance(row, InboxRow):
            row.handled_at, row.body, row.error = now, {}, DROPPED
        else:
            row.status = "cancelled"
            forget(row)
            row.last_error = DROPPED
    return len(rows)


async def _row(session: AsyncSession, name: str, lock: bool = False) -> InboxRow | OutboxRow:
    found = _NAME.fullmatch(name.strip().lower())
    if found is None:
        raise SetupError(f"{name} is no row: `deliveries` lists them as in-… and out-…")
    number = int(found[2])
    query: Select[tuple[InboxRow]] | Select[tuple[OutboxRow]]
    if found[1] == "in":
        query = select(InboxRow).where(_OPEN, InboxRow.id == number)
    else:
        query = select(OutboxRow).where(_UNSENT, OutboxRow.position == number)
    row: InboxRow | OutboxRow | None = await session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise SetupError(f"{name} neither waits nor failed: `deliveries` lists what does")
    return row


def _again(row: InboxRow | OutboxRow, now: datetime) -> str:
    row.attempts = 0
    if isinstance(row, InboxRow):
        row.set_aside_at = row.error = None
        return inbox_name(row.id)
    if row.leased_until is None:  # else it is being sent right now
        row.status, row.next_attempt_at, row.last_error = "pending", now, None
    return outbox_name(row.position)


async def _below(session: AsyncSession, card: OutboxRow) -> list[OutboxRow]:
    below: ColumnElement[bool] = (OutboxRow.handoff_id == card.handoff_id) & (OutboxRow.attempts == 0)
    rows = await session.scalars(
        select(OutboxRow).where(_UNSENT, OutboxRow.status == "failed", below).with_for_update()
    )
    return list(rows.all())


def _update(row: InboxRow) -> Stuck:
    state: State = "set_aside" if row.set_aside_at else "waiting"
    return Stuck(
        inbox_name(row.id),
        state,
        row.received_at,
        row.channel,
        row.kind,
        row.conversation_id,
        row.attempts,
        row.error or "",
    )


def _deliveries(rows: Collection[OutboxRow]) -> Iterator[Stuck]:
    first: dict[tuple[str, str], int] = {}
    for row in rows:
        reason, name = row.last_error or "", outbox_name(row.position)
        if row.status == "pending":
            head = first.setdefault((row.lane, row.conversation_id), row.position)
            reason = reason or (f"waits for {outbox_name(head)}" if head != row.position else "")
        yield Stuck(
            name,
            "failed" if row.status == "failed" else "waiting",
            row.created_at,
            row.lane,
            row.kind,
            row.conversation_id,
            row.attempts,
            reason,
            replayable=not (row.status == "failed" and row.forget),
        )
