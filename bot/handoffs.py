"""Passing a conversation to the coordinators: the card, the transcript under it, what is said later."""

from collections.abc import Sequence
from uuid import uuid4

from sqlalchemy import select

from bot import attachments, intakes, references
from bot.ports import DeliveryKind, Json
from bot.store.models import HandoffRow, IntakeRow
from bot.unit import SLACK, Unit
from dialogues.effects import Submit

RECEIVED = "received"


class ReferenceTaken(Exception):
    """Another intake has the reference that was drawn: the turn is run again with a new one."""


async def submit(unit: Unit, intake: Submit, match: Json) -> None:
    """Store an intake and hand it over. Raises ReferenceTaken."""
    if await references.is_taken(unit.session, intake.reference):
        raise ReferenceTaken
    unit.session.add(
        IntakeRow(
            reference=intake.reference,
            conversation_id=unit.conversation.id,
            kind=intake.kind,
            slots=dict(intake.slots),
            language=unit.language,
            channel=unit.conversation.channel,
            status=RECEIVED,
            match=match,
            created_at=unit.now,
        )
    )
    await unit.session.flush()
    intakes.record(unit.session, intake.reference, "person", RECEIVED, unit.now)
    await _open(unit, "intake", reference=intake.reference, files=intake.attachments)


async def ask_for_person(unit: Unit, text: str) -> None:
    """Tell the coordinators that someone wants a person, in the thread where that was said before if any."""
    known = await unit.session.scalar(
        select(HandoffRow).where(HandoffRow.conversation_id == unit.conversation.id, HandoffRow.reason == "person")
    )
    if known:
        relay(unit, known.id, text)
    else:
        await _open(unit, "person", text=text)


async def owner_of(unit: Unit) -> HandoffRow | None:
    """The handoff on which a coordinator owns the conversation: the last one claimed."""
    found: HandoffRow | None = await unit.session.scalar(
        select(HandoffRow)
        .where(HandoffRow.conversation_id == unit.conversation.id, HandoffRow.status == "claimed")
        .order_by(HandoffRow.claimed_at.desc())
        .limit(1)
    )
    return found


def relay(unit: Unit, handoff_id: str, text: str, event: str | None = None) -> None:
    """Pass what the person says on to the coordinators' thread, or what happened to the intake."""
    body = {"handoff_id": handoff_id, "text": text, "author": "person"}
    unit.send(SLACK, "relay", body | {"event": event} if event else body, handoff_id)


async def send_card(unit: Unit, handoff: HandoffRow, kind: DeliveryKind = "card") -> None:
    """Show the handoff, or its present standing, in Slack."""
    await unit.session.flush()
    body = {
        "handoff_id": handoff.id,
        "reason": handoff.reason,
        "intake": await intakes.show(unit.session, handoff.reference) if handoff.reference else None,
        "conversation": {"language": unit.language, "channel": unit.conversation.channel},
        "text": handoff.text,
        "claimed_by": handoff.claimed_by_name,
        "created_at": handoff.created_at.isoformat(),
    }
    unit.send(SLACK, kind, body, handoff.id)


async def _open(
    unit: Unit, reason: str, text: str = "", reference: str | None = None, files: Sequence[int] = ()
) -> None:
    handoff = HandoffRow(
        id=str(uuid4()),
        conversation_id=unit.conversation.id,
        reference=reference,
        reason=reason,
        text=text,
        status="open",
        created_at=unit.now,
    )
    unit.session.add(handoff)
    await unit.session.flush()
    if files:
        await attachments.assign(unit.session, files, handoff.id)
    await send_card(unit, handoff)
    lines = await unit.transcript()
    unit.send(SLACK, "transcript", {"handoff_id": handoff.id, "lines": lines}, handoff.id)
    if files:
        await attachments.send(unit, files, handoff.id)
