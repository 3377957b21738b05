"""Removing what a conversation left behind, everywhere. References, dates and statuses stay for the audit."""

from uuid import uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import intakes, moving, unanswered
from bot.ports import Json
from bot.privacy import fingerprint, pseudonym
from bot.store.models import (
    AttachmentRow,
    Conversation,
    HandoffRow,
    InboxRow,
    IntakeEvent,
    IntakeRow,
    MessageRow,
    OutboxRow,
)
from bot.unit import PULLED, SLACK, Unit
from dialogues.state import State


async def erase_all(unit: Unit) -> None:
    """Erase the conversation and those that it goes on from or was continued in: they are one person's.

    All are locked before any is erased: while one is waited for, its person may move on from it.
    """
    session, others = unit.session, dict[str, Conversation]()
    while new := [id_ for id_ in await moving.linked(session, unit.conversation.id) if id_ not in others]:
        for id_ in new:
            others[id_] = await session.get_one(Conversation, id_, with_for_update=True)
    for other in others.values():
        await erase(Unit(session, other, unit.kb, unit.now, unit.language))
    await erase(unit)


async def erase(unit: Unit) -> None:
    """Erase the conversation. What the unit says afterwards is delivered once more and then forgotten.

    The web's token stays valid, so that the person can read the confirmation; elsewhere the next message of
    the same person starts a new conversation.
    """
    session, conversation = unit.session, unit.conversation
    unit.lines.clear()
    await session.flush()
    await _erase_slack(unit)
    await session.execute(delete(MessageRow).where(MessageRow.conversation_id == conversation.id))
    await session.execute(delete(AttachmentRow).where(AttachmentRow.conversation_id == conversation.id))
    await unanswered.forget(session, conversation.id)
    await moving.forget(session, conversation.id)
    await _empty_inbox(unit)
    await _erase_intakes(unit)
    await session.execute(
        update(HandoffRow)
        .where(HandoffRow.conversation_id == conversation.id)
        .values(conversation_id=None, text="", status="erased", claimed_by_name=None, claimed_by_id=None)
    )
    if conversation.channel not in PULLED:
        unit.parting = conversation.address
        conversation.address = f"erased:{uuid4()}"
    conversation.state = State().model_dump(mode="json")
    conversation.owner = "assistant"
    conversation.continued_in = None
    conversation.erased_at = unit.now
    unit.erased = True


async def _erase_slack(unit: Unit) -> None:
    # Locked: what is written down as sent between looking and cancelling would stay in Slack.
    rows = await unit.session.scalars(
        select(OutboxRow)
        .where(OutboxRow.conversation_id == unit.conversation.id, OutboxRow.kind != "erase")
        .order_by(OutboxRow.position)
        .with_for_update()
    )
    sent: list[Json] = []
    files: list[str] = []
    unknown: list[str] = []
    for row in rows:
        if row.lane == SLACK:
            sent += slack_messages(row.external)
            files += slack_files(row.external)
            if row.status in ("pending", "failed") and row.uncertain and row.leased_until is None:
                unknown.append(row.id)
        if row.status in ("pending", "failed"):
            row.status = "cancelled"
        forget(row)
    if sent or files or unknown:
        unit.send(SLACK, "erase", {"messages": sent, "files": files, "uncertain": unknown})


def slack_messages(external: Json | None) -> list[Json]:
    """Our messages in Slack by the `external` of a sent row: {"channel": …, "messages": [ts, …]}."""
    if not external:
        return []
    return [{"channel": external["channel"], "ts": ts} for ts in external.get("messages", [])]


def slack_files(external: Json | None) -> list[str]:
    """Our files in Slack by the `external` of a sent row."""
    return list((external or {}).get("files", []))


def forget(row: OutboxRow) -> None:
    """Empty an outbox row of all that tells of a person."""
    row.body, row.external, row.address, row.last_error = {}, None, None, None


def empty(row: InboxRow) -> None:
    """Empty an inbox row of all that tells of a person; a redelivery is still known by its fingerprint."""
    row.body, row.error = {}, None
    if not row.external_id.startswith("sha256:"):
        row.external_id = fingerprint(row.external_id)


async def _empty_inbox(unit: Unit) -> None:
    mine = InboxRow.conversation_id == unit.conversation.id
    quiet = {"language": unit.language, "awaiting": None, "owner": "assistant", "reference": None}
    for row in await unit.session.scalars(select(InboxRow).where(mine)):
        empty(row)
        if row.handled_at is None and row.id != unit.inbox_id:
            row.handled_at, row.reply = unit.now, quiet


async def _erase_intakes(unit: Unit) -> None:
    rows = await unit.session.scalars(select(IntakeRow).where(IntakeRow.conversation_id == unit.conversation.id))
    for intake in rows.all():
        intake.slots, intake.match = {}, {"regions": []}
        intake.conversation_id, intake.erased_at = None, unit.now
        await _pseudonymise(unit.session, intake.reference)
        intakes.record(unit.session, intake.reference, "person", "erased", unit.now)


async def _pseudonymise(session: AsyncSession, reference: str) -> None:
    events = await session.scalars(select(IntakeEvent).where(IntakeEvent.reference == reference))
    for event in events:
        event.detail = ""
        if event.actor != "person":
            event.actor = pseudonym(reference, event.actor)
