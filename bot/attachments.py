"""Files that people send: kept with the draft, handed over with the intake, gone with either."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.filetypes import safe_name
from bot.ports import File, Json
from bot.store.adding import add_once
from bot.store.models import AttachmentRow, HandoffRow
from bot.unit import SLACK, Unit


def described(file: File, media_type: str) -> Json:
    """What is told about a file: {"name", "type", "size"}, the size in bytes."""
    return {"name": safe_name(file.name, media_type), "type": media_type, "size": len(file.content)}


async def store(
    session: AsyncSession, inbox_id: int, conversation_id: str, described: Json, content: bytes, now: datetime
) -> None:
    """Keep a file with its inbox row. A redelivery changes nothing."""
    row = {"id": inbox_id, "conversation_id": conversation_id, "content": content, "at": now, **described}
    await add_once(session, AttachmentRow, row)


async def content_of(session: AsyncSession, id_: int) -> bytes | None:
    """A file's content, or None when it is gone."""
    found: bytes | None = await session.scalar(select(AttachmentRow.content).where(AttachmentRow.id == id_))
    return found


async def of_intake(session: AsyncSession, reference: str) -> list[AttachmentRow]:
    """The files handed over with an intake or after it, in the order in which they came."""
    return (await of_intakes(session, [reference]))[reference]


async def of_intakes(session: AsyncSession, references: Sequence[str]) -> Mapping[str, list[AttachmentRow]]:
    """The files of each intake, in the order in which they came."""
    rows = await session.execute(
        select(HandoffRow.reference, AttachmentRow)
        .join(HandoffRow, HandoffRow.id == AttachmentRow.handoff_id)
        .where(HandoffRow.reference.in_(references))
        .order_by(AttachmentRow.id)
    )
    found: defaultdict[str, list[AttachmentRow]] = defaultdict(list)
    for reference, row in rows:
        found[reference or ""].append(row)
    return found


async def of_conversation(session: AsyncSession, conversation_id: str) -> list[AttachmentRow]:
    """All files of a conversation, in the order in which they came."""
    rows = await session.scalars(
        select(AttachmentRow).where(AttachmentRow.conversation_id == conversation_id).order_by(AttachmentRow.id)
    )
    return list(rows)


async def assign(session: AsyncSession, ids: Iterable[int], handoff_id: str) -> None:
    """Let files belong to a handoff instead of a draft."""
    await session.execute(update(AttachmentRow).where(AttachmentRow.id.in_(list(ids))).values(handoff_id=handoff_id))


async def send(unit: Unit, ids: Iterable[int], handoff_id: str) -> None:
    """Send files into the handoff's thread."""
    rows = await unit.session.scalars(
        select(AttachmentRow).where(AttachmentRow.id.in_(list(ids))).order_by(AttachmentRow.id)
    )
    for row in rows.all():
        unit.send(SLACK, "file", {"attachment": row.id, "name": row.name, "size": row.size}, handoff_id)


async def drop_left(unit: Unit, state: Json, arrived: int | None) -> None:
    """Delete what no draft of the new state holds any more, and what has just arrived and was not kept."""
    left = held(unit.conversation.state) | ({arrived} if arrived else set())
    if left := left - held(state):
        await drop(unit.session, unit.conversation.id, left)


async def drop(session: AsyncSession, conversation_id: str, ids: Collection[int]) -> None:
    """Delete files of a conversation that were not handed over."""
    await session.execute(
        delete(AttachmentRow).where(
            AttachmentRow.id.in_(ids),
            AttachmentRow.conversation_id == conversation_id,
            AttachmentRow.handoff_id.is_(None),
        )
    )


def held(state: Json) -> set[int]:
    """The files that a stored state holds: those of its drafts, and those that wait for a word."""
    drafts = (state.get("form"), state.get("paused"))
    waiting = (state.get("waiting") or {}).get("files", [])
    return {file["id"] for file in [*waiting, *(f for draft in drafts if draft for f in draft.get("attachments", ()))]}


def as_json(row: AttachmentRow) -> Json:
    """A file as it is listed."""
    return {"name": row.name, "type": row.type, "size": row.size}
