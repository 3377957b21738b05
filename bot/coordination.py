"""What coordinators do: claim a conversation, answer in its thread, give it back, set an intake's status."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import handoffs, intakes
from bot.erasure import empty
from bot.errors import RequestError
from bot.ports import Coordination, Json
from bot.privacy import storable
from bot.store.models import HandoffRow, InboxRow, IntakeRow, OutboxRow
from bot.unit import SLACK, Unit
from dialogues.messages import Message
from nlu.types import LanguageCode

KINDS = frozenset({"claim", "release", "reply", "status"})
CLAIMED = "claimed"
STATUSES = frozenset({"received", "claimed", "closed", "withdrawn"})
"""What an intake's status can be: the dialogue has words for each."""

Notices = Callable[[str, LanguageCode, Mapping[str, str]], str]
"""The text of a notice by its key (coordinator_joined, coordinator_left), language and values (name)."""


class Elsewhere(Exception):
    """The handoff went to another conversation, or was erased, since the action came in."""


async def find_handoff(session: AsyncSession, action: Coordination) -> HandoffRow | None:
    """The handoff that an action speaks of, if we know it and it was not erased.

    Raises RequestError 503 for a thread that may be that of a card whose arrival is not settled yet.
    """
    query = select(HandoffRow).where(HandoffRow.conversation_id.is_not(None))
    if action.handoff_id:
        query = query.where(HandoffRow.id == action.handoff_id)
    elif action.thread:
        query = query.where(HandoffRow.slack_channel == action.thread[0], HandoffRow.slack_ts == action.thread[1])
    else:
        return None
    # Asked first: a card that arrives between the two questions would else be neither known nor under way.
    unsettled = action.thread is not None and await _card_under_way(session)
    found: HandoffRow | None = await session.scalar(query)
    if found is None and unsettled:
        raise RequestError(503, "card_under_way", "Its card is still being delivered.", retry_after=5)
    return found


async def _card_under_way(session: AsyncSession) -> bool:
    card = (OutboxRow.lane == SLACK) & (OutboxRow.kind == "card")
    query = select(OutboxRow.id).where(card, OutboxRow.status == "pending", OutboxRow.uncertain)
    return await session.scalar(query.limit(1)) is not None


def body_of(action: Coordination, handoff: HandoffRow) -> Json:
    """An action as an inbox row keeps it."""
    return {
        "handoff_id": handoff.id,
        "actor_id": action.actor_id,
        "actor_name": storable(action.actor_name),
        "text": storable(action.text),
    }


async def follow(session: AsyncSession, row: InboxRow, now: datetime) -> None:
    """Let an action go along with its handoff to another conversation, or be forgotten with an erased one."""
    handoff = await session.get_one(HandoffRow, row.body["handoff_id"])
    if handoff.conversation_id:
        row.conversation_id = handoff.conversation_id
    else:
        empty(row)
        row.handled_at = now


async def carry_out(unit: Unit, kind: str, body: Mapping[str, Any], notices: Notices) -> None:
    """Carry out a coordinator's action within the transaction. Raises Elsewhere."""
    handoff = await unit.session.get_one(HandoffRow, body["handoff_id"])
    if handoff.conversation_id != unit.conversation.id:
        raise Elsewhere
    name, text = body["actor_name"], body["text"]
    match kind:
        case "claim":
            await _claim(unit, handoff, body["actor_id"], name, notices)
        case "release":
            await _release(unit, handoff, name, notices)
        case "reply":
            unit.say(Message("notice", text), author="coordinator")
            await _record(unit, handoff, name, "replied")
        case "status":
            if text in STATUSES:
                await _set_status(unit, handoff, text)
                await _record(unit, handoff, name, "status", text)
            await handoffs.send_card(unit, handoff, "card_update")


async def _claim(unit: Unit, handoff: HandoffRow, actor: str, name: str, notices: Notices) -> None:
    """The first who claims has it; a later one is only shown who that is."""
    if handoff.status != CLAIMED:
        handoff.status, handoff.claimed_at = CLAIMED, unit.now
        handoff.claimed_by_id, handoff.claimed_by_name = actor, name
        unit.conversation.owner = "coordinator"
        intake = await _intake(unit, handoff)
        if intake and intake.status == handoffs.RECEIVED:
            intake.status = CLAIMED
        await _record(unit, handoff, name, CLAIMED)
        unit.say(Message("notice", notices("coordinator_joined", unit.language, {"name": name})))
    await handoffs.send_card(unit, handoff, "card_update")


async def _release(unit: Unit, handoff: HandoffRow, name: str, notices: Notices) -> None:
    """Anyone may release: a colleague may have gone home. The assistant returns with the last release."""
    if handoff.status != CLAIMED:
        return
    handoff.status, handoff.claimed_at = "open", None
    handoff.claimed_by_id = handoff.claimed_by_name = None
    await _record(unit, handoff, name, "released")
    intake = await _intake(unit, handoff)
    if intake and intake.status == CLAIMED:
        intake.status = handoffs.RECEIVED
    await unit.session.flush()
    if await handoffs.owner_of(unit) is None:
        unit.conversation.owner = "assistant"
        unit.say(Message("notice", notices("coordinator_left", unit.language, {"name": name})))
    await handoffs.send_card(unit, handoff, "card_update")


async def _intake(unit: Unit, handoff: HandoffRow) -> IntakeRow | None:
    if handoff.reference is None:
        return None
    found: IntakeRow | None = await unit.session.get(IntakeRow, handoff.reference)
    return found


async def _set_status(unit: Unit, handoff: HandoffRow, status: str) -> None:
    intake = await _intake(unit, handoff)
    if intake:
        intake.status = status


async def _record(unit: Unit, handoff: HandoffRow, actor: str, event: str, detail: str = "") -> None:
    if handoff.reference:
        intakes.record(unit.session, handoff.reference, actor, event, unit.now, detail)
        await unit.session.flush()
