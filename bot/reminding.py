"""Reminding people once of a form that they set aside, if they agreed."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from bot.signals import Signals
from bot.store.engine import Store
from bot.store.models import Conversation
from bot.turn import REMINDING, Turn
from bot.unit import Unit
from dialogues.drafts import KEPT
from dialogues.messages import Button, Message
from dialogues.state import Choice, load_state
from nlu.types import LanguageCode

AFTER = timedelta(days=1)
"""Silence after which the reminder goes out."""
_RESUME = "form:resume"


async def remind(store: Store, turn: Turn, signals: Signals, now: datetime) -> int:
    """Put the reminders that are due in the outbox; gives their number.

    The wish is taken out in the transaction that writes the reminder, so that nobody gets two.
    """
    async with store.scan() as session:
        found = (await session.scalars(select(Conversation.id).where(_due(now)))).all()
    reminded = 0
    for id_ in found:
        async with store.write() as session:
            conversation = await session.scalar(
                select(Conversation).where(Conversation.id == id_, _due(now)).with_for_update()
            )
            if conversation:
                reminded += 1
                language: LanguageCode = conversation.language or "en"  # type: ignore[assignment]
                async with Unit(session, conversation, turn.kb, now, language) as unit:
                    _remind(unit, turn)
        signals.committed(id_)
    return reminded


def _due(now: datetime) -> ColumnElement[bool]:
    wanted: ColumnElement[bool] = Conversation.state["paused"]["remind"].as_boolean()
    return (
        Conversation.channel.in_(REMINDING)
        & (Conversation.owner == "assistant")
        & (Conversation.last_active_at <= now - AFTER)
        & (Conversation.last_active_at > now - KEPT)
        & wanted
    )


def _remind(unit: Unit, turn: Turn) -> None:
    notice = turn.engines.dialogue.notice
    title = notice(f"button.{_RESUME}", unit.language)
    unit.say(Message("notice", notice("remind.reminder", unit.language), (Button(title, _RESUME),)))
    state = load_state(unit.conversation.state)
    if state.paused is not None:
        state.paused.remind = False
    state.offered, state.yes = [Choice(title=title, payload=_RESUME)], _RESUME
    unit.conversation.state = state.model_dump(mode="json")
