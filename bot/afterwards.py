"""What a person still does about an intake that was sent in: its history and the coordinators' thread show it."""

from collections.abc import Sequence

from sqlalchemy import select

from bot import attachments, handoffs, intakes
from bot.store.models import Conversation, HandoffRow, IntakeRow
from bot.unit import Unit
from nlu.types import LanguageCode

WITHDRAWN = "withdrawn"
_FINAL = frozenset({"closed", WITHDRAWN})


async def add(unit: Unit, reference: str, text: str) -> None:
    """Keep an addition in the history and pass it on to the thread."""
    if await _own(unit, reference):
        intakes.record(unit.session, reference, "person", "added", unit.now, text)
        await _tell(unit, reference, "added", text)


async def enclose(unit: Unit, reference: str, files: Sequence[int]) -> None:
    """Hand files over with an intake that was sent in before: into its history and its thread."""
    handoff = await unit.session.scalar(select(HandoffRow).where(HandoffRow.reference == reference))
    if handoff and await _own(unit, reference):
        await attachments.assign(unit.session, files, handoff.id)
        added = [f.name for f in await attachments.of_intake(unit.session, reference) if f.id in files]
        intakes.record(unit.session, reference, "person", "added", unit.now, ", ".join(added))
        await _tell(unit, reference, "added", ", ".join(added))
        await attachments.send(unit, files, handoff.id)


async def withdraw(unit: Unit, reference: str) -> None:
    """Take an intake back and tell the thread."""
    intake = await _own(unit, reference)
    if intake:
        intake.status = WITHDRAWN
        intakes.record(unit.session, reference, "person", WITHDRAWN, unit.now)
        await _tell(unit, reference, WITHDRAWN)


async def link(unit: Unit, reference: str, other: str) -> None:
    """Write down on both sides that two intakes go together, and show it on both cards."""
    own = await _own(unit, reference)
    partner = await unit.session.get(IntakeRow, other)
    if own is None or partner is None or partner.conversation_id is None or reference == other:
        return
    # Locked before the card is made: one that leaves out what is just being committed would be shown after it.
    conversation = await unit.session.get_one(Conversation, partner.conversation_id, with_for_update=True)
    await unit.session.refresh(partner)
    if partner.conversation_id != conversation.id:  # its person moved, or erased it
        await link(unit, reference, other)
        return
    language: LanguageCode = conversation.language or "en"  # type: ignore[assignment]
    # In the partner's own conversation, so that an erasure here does not take their card along.
    theirs = Unit(unit.session, conversation, unit.kb, unit.now, language)
    for side, intake, with_ in ((unit, reference, other), (theirs, other, reference)):
        if with_ not in await intakes.links(unit.session, intake):
            intakes.record(unit.session, intake, "person", intakes.LINKED, unit.now, with_)
            await _show(side, intake)


async def _own(unit: Unit, reference: str) -> IntakeRow | None:
    """The open intake, if it belongs to the unit's conversation; the row is locked."""
    found: IntakeRow | None = await unit.session.scalar(
        select(IntakeRow)
        .where(
            IntakeRow.reference == reference,
            IntakeRow.conversation_id == unit.conversation.id,
            IntakeRow.status.not_in(_FINAL),
        )
        .with_for_update()
    )
    return found


async def _tell(unit: Unit, reference: str, event: str, text: str = "") -> None:
    handoff = await unit.session.scalar(select(HandoffRow).where(HandoffRow.reference == reference))
    if handoff:
        handoffs.relay(unit, handoff.id, text, event)
        await _show(unit, reference)


async def _show(unit: Unit, reference: str) -> None:
    handoff = await unit.session.scalar(select(HandoffRow).where(HandoffRow.reference == reference))
    if handoff:
        await handoffs.send_card(unit, handoff, "card_update")
