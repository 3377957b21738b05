"""Intakes as coordinators see them."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import attachments
from bot.ports import Json
from bot.store.models import AttachmentRow, HandoffRow, IntakeEvent, IntakeRow
from dialogues.events import IntakeStatus

LINKED = "linked"
_BATCH = 500
"""Intakes read at once; a statement takes many more values."""
_INTAKES, _HANDOFFS = IntakeRow.__table__, HandoffRow.__table__
_STATUSES = (
    select(*(_INTAKES.c[name] for name in ("reference", "kind", "status", "created_at")), _HANDOFFS.c.claimed_by_name)
    .select_from(_INTAKES.outerjoin(_HANDOFFS, _HANDOFFS.c.reference == _INTAKES.c.reference))
    .where(_INTAKES.c.conversation_id == bindparam("conversation_id"))
    .order_by(_INTAKES.c.created_at)
)
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""What may begin a formula; Excel reads the wide signs of a Chinese keyboard too."""


async def show(session: AsyncSession, reference: str) -> Json | None:
    """One intake as DESIGN's contract writes it, or None for an unknown reference."""
    row = await session.get(IntakeRow, reference.strip().upper())
    return None if row is None else (await _as_json(session, [row]))[0]


async def list_intakes(session: AsyncSession, newest: int | None = None) -> list[Json]:
    """All intakes, or so many of them, newest first."""
    rows = await session.scalars(select(IntakeRow).order_by(IntakeRow.created_at.desc()).limit(newest))
    found = rows.all()
    return [i for n in range(0, len(found), _BATCH) for i in await _as_json(session, found[n : n + _BATCH])]


async def statuses(session: AsyncSession, conversation_id: str) -> tuple[IntakeStatus, ...]:
    """The intakes of a conversation as its person may see them, oldest first."""
    rows = await session.execute(_STATUSES, {"conversation_id": conversation_id})
    return tuple(IntakeStatus(*row) for row in rows)


async def links(session: AsyncSession, reference: str) -> list[str]:
    """The references of the intakes that one goes together with."""
    linked = (IntakeEvent.reference == reference) & (IntakeEvent.event == LINKED) & (IntakeEvent.detail != "")
    return list((await session.scalars(select(IntakeEvent.detail).where(linked).order_by(IntakeEvent.id))).all())


def record(session: AsyncSession, reference: str, actor: str, event: str, at: datetime, detail: str = "") -> None:
    """Add a line to an intake's history."""
    session.add(IntakeEvent(reference=reference, actor=actor, event=event, detail=detail, at=at))


def as_csv(intakes: Iterable[Json]) -> str:
    """Intakes as a table for a spreadsheet, one a line; no cell can act as a formula."""
    rows = [_row(i) for i in intakes]
    columns = list(dict.fromkeys(key for row in rows for key in row))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, restval="")
    writer.writeheader()
    writer.writerows({k: _cell(v) for k, v in row.items()} for row in rows)
    return out.getvalue()


def _row(intake: Json) -> Json:
    head = {k: intake[k] for k in ("reference", "kind", "status", "language", "channel", "created_at")}
    regions = intake["match"].get("regions", [])
    return head | {"suggested_region": regions[0]["region"] if regions else ""} | dict(intake["slots"])


def _cell(value: object) -> str:
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


async def _as_json(session: AsyncSession, rows: Sequence[IntakeRow]) -> list[Json]:
    references = [row.reference for row in rows]
    events: defaultdict[str, list[IntakeEvent]] = defaultdict(list)
    history = select(IntakeEvent).where(IntakeEvent.reference.in_(references)).order_by(IntakeEvent.id)
    for event in await session.scalars(history):
        events[event.reference].append(event)
    files = await attachments.of_intakes(session, references)
    return [_shown(row, events[row.reference], files[row.reference]) for row in rows]


def _shown(row: IntakeRow, events: Sequence[IntakeEvent], files: Sequence[AttachmentRow]) -> Json:
    return {
        "reference": row.reference,
        "kind": row.kind,
        "slots": row.slots,
        "attachments": [attachments.as_json(file) for file in files],
        "language": row.language,
        "channel": row.channel,
        "status": row.status,
        "match": row.match,
        "links": [e.detail for e in events if e.event == LINKED and e.detail],
        "created_at": row.created_at.isoformat(),
        "history": [{"at": e.at.isoformat(), "actor": e.actor, "event": e.event, "detail": e.detail} for e in events],
    }
