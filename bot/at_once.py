"""Answering an update in the transaction that takes it in: half the statements, and one wait for the disk, not two.

It is for channels whose acknowledgement is the answer itself, and for plain talk in a conversation that nothing waits
in. All else is taken in first and answered then, so that it is kept whatever becomes of its turn.
"""

import logging
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, bindparam, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict

from bot import inbox, moving, references
from bot.carrying import carry_out
from bot.errors import RequestError
from bot.handling import Handler, is_open
from bot.ports import Incoming, Reply
from bot.privacy import describe, storable
from bot.signals import Signals
from bot.store.engine import Store
from bot.store.models import Conversation, InboxRow, IntakeRow
from bot.turn import Before, Decision, Turn
from bot.unit import Overtaken, Unit, rest_of_reply
from dialogues.effects import Say
from dialogues.moving import read_code
from dialogues.rating import read_rating

log = logging.getLogger(__name__)

_INBOX, _CONVERSATIONS, _INTAKES = InboxRow.__table__.c, Conversation.__table__, IntakeRow.__table__.c
_FREE = (
    ~exists().where(inbox.is_known())
    & ~exists().where(_INBOX.conversation_id == _CONVERSATIONS.c.id, is_open())
    & ~exists().where(_INTAKES.conversation_id == _CONVERSATIONS.c.id)
)
_PLACE = select(_CONVERSATIONS).where(
    _CONVERSATIONS.c.id == bindparam("id"), _CONVERSATIONS.c.owner == "assistant", _FREE
)


class AtOnce:
    """Takes updates in and answers them, where that can be one."""

    def __init__(self, store: Store, turn: Turn, signals: Signals, handler: Handler) -> None:
        self._store = store
        self._turn = turn
        self._signals = signals
        self._handler = handler

    async def answer(self, incoming: Incoming) -> Reply | None:
        """The reply, once it is committed with all else; None, and nothing is changed, for what is taken in first.

        The update's address is its conversation's id. Raises RequestError 503 while the database is away.
        """
        if incoming.again or incoming.file or _needs_the_store(incoming):
            return None
        incoming = replace(incoming, text=storable(incoming.text), payload=storable(incoming.payload))
        async with self._handler.alone_with(incoming.address):
            found = await self._store.first(_PLACE, id=incoming.address, **inbox.names_of(incoming))
            if found is None or _is_reviewed(found):
                return None
            conversation = _conversation(found)
            decision = await self._decide(conversation, incoming)
            if decision is None:
                return None
            try:
                async with self._store.begin() as connection:
                    reply = await self._write(connection, conversation, incoming, decision)
            except Overtaken:
                return None
            except RequestError:
                raise
            except Exception as error:
                _tell(error)
                return None
        self._signals.said(conversation.id)
        return reply

    async def _decide(self, conversation: Conversation, incoming: Incoming) -> Decision | None:
        before = Before(
            state=conversation.state,
            owner="assistant",
            revision=conversation.revision,
            intakes=(),
            reference=references.draw(),
            last_at=conversation.last_active_at,
            code=moving.fresh(),
        )
        try:
            decision = await self._turn.decide(before, incoming)
        except Exception as error:
            _tell(error)
            return None
        return decision if all(isinstance(e, Say) for e in decision.effects) and not decision.note else None

    async def _write(
        self, connection: AsyncConnection, conversation: Conversation, incoming: Incoming, decision: Decision
    ) -> Reply:
        now = self._turn.clock()
        language = conversation.language or "en"
        async with Unit(connection, conversation, decision.kb, now, language) as unit:  # type: ignore[arg-type]
            conversation.last_active_at = now
            await carry_out(unit, incoming.kind, decision)
            reply = rest_of_reply(conversation)
            # Its lock comes before the row, as in `inbox.take_in`: the same update may be coming in there.
            await unit.save()
            unit.inbox_id = await inbox.add_answered(connection, incoming, conversation.id, now, reply)
        return Reply(messages=tuple(unit.said), **reply)


def _tell(error: Exception) -> None:
    # It takes the other way now. Should it fail again, that is counted and told; else only this line tells of it.
    log.warning("A message could not be answered at once, it is stored and tried again: %s", describe(error))


def _needs_the_store(incoming: Incoming) -> bool:
    """Whether its turn looks at more than the conversation."""
    if incoming.kind == "payload":
        return read_rating(incoming.payload) is not None
    return read_code(incoming.text) is not None


def _is_reviewed(conversation: Row[Any]) -> bool:
    """Whether an intake is only to be sent in: then most updates do that, and would be decided twice."""
    form = conversation.state.get("form")
    return bool(form and form["awaiting"] == "review")


def _conversation(row: Row[Any]) -> Conversation:
    found = Conversation()
    instance_dict(found).update(row._mapping)
    make_transient_to_detached(found)  # as if loaded: from here on its changes are noted
    return found
