"""Putting an update aside that cannot be handled, so that those behind it go on: nobody is left without a word."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot import alerts, coordination
from bot.coordination import Notices
from bot.errors import RequestError
from bot.metrics import SET_ASIDE
from bot.store.models import Conversation, InboxRow
from bot.turn import Turn
from bot.unit import Unit, rest_of_reply
from dialogues.messages import Message
from nlu.types import LanguageCode

MAX_ATTEMPTS = 5
_WHILE_AWAY = 20
"""The same where the last failure was the database's: it may have been away for a while, and the update is sound."""


def is_enough(row: InboxRow) -> bool:
    """Whether an update was tried often enough."""
    away = (row.error or "").startswith(RequestError.__name__)
    return row.attempts >= (_WHILE_AWAY if away else MAX_ATTEMPTS)


async def set_aside(session: AsyncSession, row: InboxRow, turn: Turn, notices: Notices, now: datetime) -> None:
    """Put the row aside: its person is told, which is its answer from now on, and so are the coordinators."""
    row.set_aside_at = now
    SET_ASIDE.labels(row.channel).inc()
    await alerts.set_aside(session, row, now)
    if row.kind in coordination.KINDS:
        return
    conversation = await session.get_one(Conversation, row.conversation_id, with_for_update=True)
    language: LanguageCode = conversation.language or "en"  # type: ignore[assignment]
    async with Unit(session, conversation, turn.kb, now, language, row.id) as unit:
        unit.say(Message("notice", notices("set_aside", language, {})))
    row.reply = rest_of_reply(conversation)
