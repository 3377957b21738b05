"""The bot as connectors see it: implements bot.ports.Gateway."""

import dataclasses
import hashlib
import hmac
import logging
import secrets
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

from sqlalchemy import bindparam, select

from bot import attachments, coordination, filetypes, inbox
from bot.at_once import AtOnce
from bot.coordination import Notices
from bot.errors import RequestError
from bot.exporting import person_data
from bot.handling import Handler
from bot.ports import PAGE, Coordination, Export, Incoming, Json, Opened, Reply
from bot.privacy import storable
from bot.recent import Recent
from bot.signals import Listener, Signals
from bot.sources import titles
from bot.store.engine import Store
from bot.store.models import Conversation, InboxRow
from bot.turn import Turn
from bot.unit import messages_of, reply_after
from nlu.types import LanguageCode

log = logging.getLogger(__name__)
_TOKEN = select(Conversation.__table__.c.token_hash).where(Conversation.__table__.c.id == bindparam("id"))
_WHOSE = select(InboxRow.__table__.c.conversation_id).where(InboxRow.__table__.c.id == bindparam("id"))
_REMEMBERED = 4096
"""Tokens' hashes and accepted updates' conversations that are kept at hand: none of them ever changes."""


class Assistant:
    """Takes updates in, runs their turns and tells what was said."""

    def __init__(self, store: Store, turn: Turn, signals: Signals, notices: Notices) -> None:
        self._store = store
        self._turn = turn
        self._signals = signals
        self._handler = Handler(store, turn, signals, notices)
        self._at_once = AtOnce(store, turn, signals, self._handler)
        self._tokens: Recent[str, str] = Recent(_REMEMBERED)
        self._whose: Recent[int, str] = Recent(_REMEMBERED)

    async def open(self, language_hint: LanguageCode | None = None) -> Opened:
        """Start a conversation of the web channel."""
        id_, token = str(uuid4()), secrets.token_urlsafe(32)
        conversation = inbox.new_conversation("web", id_, self._turn.clock(), language_hint, id_)
        conversation.token_hash = _hashed(token)
        async with self._store.write() as session:
            session.add(conversation)
        return Opened(id_, token)

    async def authorise(self, conversation_id: str, token: str) -> None:
        """Raise RequestError 404 for an unknown id, 401 for a token that does not open it."""
        known = self._tokens.get(conversation_id)
        if known is None:
            row = await self._store.first(_TOKEN, id=conversation_id) if _is_uuid(conversation_id) else None
            if row is None:
                raise _not_found()
            known = self._tokens[conversation_id] = row.token_hash or ""
        if not hmac.compare_digest(known, _hashed(token)):
            raise RequestError(401, "unauthorised", "The token does not open this conversation.")

    async def accept(self, incoming: Incoming) -> int:
        """Commit the update to the inbox; a redelivery gives the first row's id.

        Raises RequestError 404 for a web conversation that was never opened, 413, 415 or 422 for a file that is
        not taken.
        """
        if file := incoming.file:
            found = filetypes.check(file.content)
            incoming = dataclasses.replace(incoming, attachment=attachments.described(file, found))
        async with self._store.begin() as connection:
            id_, conversation_id = await inbox.take_in(connection, incoming, self._turn.clock())
        self._whose[id_] = conversation_id
        return id_

    async def answer(self, inbox_id: int) -> Reply:
        """Run the turn of an accepted update (and any before it), or give its stored reply again.

        Raises RequestError 503 when the turn failed, and when it failed so often that it was set aside.
        """
        whose = self._whose.get(inbox_id) or await self._conversation_of(inbox_id)
        if reply := await self._handler.handle(inbox_id, whose):
            return reply
        async with self._store.read() as session:
            stored = await session.scalar(select(InboxRow.reply).where(InboxRow.id == inbox_id))
            if stored is None:
                raise RequestError(503, "set_aside", "This message could not be handled.")
            return Reply(messages=await messages_of(session, inbox_id), **stored)

    async def reply_to(self, incoming: Incoming) -> Reply:
        """Accept and answer in one, for a channel whose acknowledgement is the answer. Raises as both do."""
        return await self._at_once.answer(incoming) or await self.answer(await self.accept(incoming))

    async def handle_open(self) -> None:
        """Handle the updates that an earlier process accepted and did not answer, or whose turn failed."""
        await self._handler.handle_open()

    async def messages_after(self, conversation_id: str, seq: int, limit: int = PAGE) -> Reply:
        """The messages with a higher seq than the cursor, a page of them. Raises RequestError 404 for an unknown id."""
        async with self._store.read() as session:
            reply = await reply_after(session, conversation_id, seq, limit) if _is_uuid(conversation_id) else None
        if reply is None:
            raise _not_found()
        return reply

    def subscribe(self, conversation_id: str) -> Listener:
        """Listen for new messages of a conversation."""
        return self._signals.conversation(conversation_id)

    def sources(self, language: LanguageCode) -> list[Json]:
        """Every source as {"key", "title", "url"}, titled in the language."""
        return titles(self._turn.kb, language)

    async def export(self, conversation_id: str) -> Export:
        """All data kept about the conversation. Raises RequestError 404 for an unknown id."""
        conversation = await self._find(conversation_id)
        async with self._store.read() as session:
            return await person_data(session, conversation)

    async def conversation_id(self, channel: str, address: str) -> str | None:
        """The conversation at an address of a channel, if there is one."""
        async with self._store.read() as session:
            found: str | None = await session.scalar(
                select(Conversation.id).where(Conversation.channel == channel, Conversation.address == address)
            )
            return found

    async def alone(self, duty: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run work in one process at a time, again and again until it ends by itself."""
        await self._signals.alone(duty, work)

    async def coordinate(self, action: Coordination) -> None:
        """Commit a coordinator's action and carry it out. A redelivery changes nothing.

        What is said in threads that are not ours is ignored. Raises RequestError 503 when it failed.
        """
        async with self._store.write() as session:
            handoff = await coordination.find_handoff(session, action)
            if handoff is None or handoff.conversation_id is None:
                log.info("A coordinator's %s concerns no handoff that we know", action.kind)
                return
            inbox_id = await inbox.add(
                session,
                action.channel,
                action.external_id,
                handoff.conversation_id,
                action.kind,
                coordination.body_of(action, handoff),
                self._turn.clock(),
            )
        whose = None
        while whose != (now := await self._conversation_of(inbox_id)):  # its person may have moved meanwhile
            whose = now
            await self._handler.handle(inbox_id, whose)

    async def _conversation_of(self, inbox_id: int) -> str:
        found = await self._store.first(_WHOSE, id=inbox_id)
        if found is None:
            raise RequestError(404, "not_found", "There is no such message.")
        return str(found.conversation_id)

    async def _find(self, conversation_id: str) -> Conversation:
        """The conversation. Raises RequestError 404."""
        async with self._store.read() as session:
            found = await session.get(Conversation, conversation_id) if _is_uuid(conversation_id) else None
        if found is None:
            raise _not_found()
        return found


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _not_found() -> RequestError:
    return RequestError(404, "not_found", "There is no such conversation.")


def _hashed(token: str) -> str:
    return hashlib.sha256(storable(token).encode()).hexdigest()
