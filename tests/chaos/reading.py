"""What the database keeps, read past the assistant."""

from collections.abc import Iterable

from sqlalchemy import select

from bot.coordination import KINDS
from bot.store.engine import Store
from bot.store.models import AttachmentRow, Conversation, InboxRow, IntakeRow, MessageRow, OutboxRow
from tests.chaos.history import Archive, Kept, Said


async def waiting(store: Store) -> int:
    """How many updates are unanswered and how many deliveries pending."""
    async with store.read() as session:
        updates = await session.scalars(
            select(InboxRow.id).where(InboxRow.handled_at.is_(None), InboxRow.set_aside_at.is_(None))
        )
        deliveries = await session.scalars(select(OutboxRow.id).where(OutboxRow.status == "pending"))
        return len(updates.all()) + len(deliveries.all())


async def read(store: Store) -> Archive:
    """The whole database."""
    archive = Archive()
    async with store.read() as session:
        conversations = (await session.scalars(select(Conversation))).all()
        kept = {c.id: Kept() for c in conversations}
        archive.kept = {(c.channel, c.address): kept[c.id] for c in conversations}
        inbox = (await session.scalars(select(InboxRow))).all()
        outbox = (await session.scalars(select(OutboxRow).order_by(OutboxRow.position))).all()
        for intake in await session.scalars(select(IntakeRow)):
            kept[intake.conversation_id or ""].references.append(intake.reference)
        for file in await session.scalars(select(AttachmentRow)):
            kept[file.conversation_id].files.append(file.name)
        messages = (await session.scalars(select(MessageRow).order_by(MessageRow.id))).all()
    for row in inbox:
        kept[row.conversation_id].updates += row.kind not in KINDS
    archive.actions = {row.external_id for row in inbox if row.kind in KINDS}
    _transcripts(kept, messages, outbox)
    archive.stuck = [*_open_updates(inbox), *_unsent(outbox)]
    return archive


def _transcripts(kept: dict[str, Kept], messages: Iterable[MessageRow], outbox: Iterable[OutboxRow]) -> None:
    pushes: dict[str, list[str]] = {}
    for row in outbox:
        if row.kind == "message":
            pushes.setdefault(row.conversation_id, []).append(row.status)
    for message in messages:
        conversation = kept[message.conversation_id]
        if message.seq is None:
            # A pressed button is written down by its title.
            conversation.heard += [message.text] if message.kind in ("text", "attachment") else []
            continue
        # Each message to a person of Telegram has its outbox row, in the same order.
        states = pushes.get(message.conversation_id)
        push = states[len(conversation.said)] if states else None
        conversation.said.append(Said(message.seq, message.author, message.text, push))


def _open_updates(rows: Iterable[InboxRow]) -> Iterable[str]:
    for row in rows:
        if row.set_aside_at:
            yield f"update {row.id} ({row.channel}, {row.kind}) was set aside: {row.error}"
        elif row.handled_at is None:
            yield f"update {row.id} ({row.channel}, {row.kind}) was never answered: {row.error}"


def _unsent(rows: Iterable[OutboxRow]) -> Iterable[str]:
    for row in rows:
        if row.status not in ("sent", "cancelled"):
            yield f"delivery {row.position} ({row.lane}, {row.kind}) is {row.status}: {row.last_error}"
