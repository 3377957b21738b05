"""One transaction on one conversation: what is said and sent in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from uuid import uuid4

from sqlalchemy import Row, bindparam, insert, inspect, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from bot.ports import DeliveryKind, Json, Outgoing, Reply
from bot.sources import titles
from bot.store.models import Conversation, MessageRow, OutboxRow
from dialogues.messages import Message
from knowledge.base import KnowledgeBase
from nlu.types import LanguageCode

SLACK = "slack"
PULLED = frozenset({"web", "terminal"})
"""Channels whose people fetch their messages: nothing is pushed to them."""
_LARGEST = 2**31 - 1
"""What an INTEGER of PostgreSQL holds; a cursor may be anything."""

_LINES, _CONVERSATIONS = MessageRow.__table__, Conversation.__table__.c
_LINE = insert(_LINES)  # type: ignore[arg-type]
_SAVE = update(Conversation.__table__).where(  # type: ignore[arg-type]
    _CONVERSATIONS.id == bindparam("conversation"), _CONVERSATIONS.revision == bindparam("before")
)
_SINCE = (
    select(*_LINES.c["seq", "kind", "text", "buttons", "topics", "sources"])
    .where(_LINES.c.conversation_id == bindparam("conversation_id"), _LINES.c.seq > bindparam("seq"))
    .order_by(_LINES.c.seq)
    .limit(bindparam("limit"))
)
_TRANSCRIPT = (
    select(*_LINES.c["author", "text", "at"])
    .where(_LINES.c.conversation_id == bindparam("conversation_id"))
    .order_by(_LINES.c.id)
)
_STANDS = select(_CONVERSATIONS.state, _CONVERSATIONS.language, _CONVERSATIONS.owner).where(
    _CONVERSATIONS.id == bindparam("id")
)


class Overtaken(Exception):
    """Another transaction was there first: nothing of this one may stay."""


def outgoing(row: MessageRow | Row[Any]) -> Outgoing:
    """A stored message as it goes out."""
    return Outgoing(
        seq=row.seq or 0,
        kind=row.kind,
        text=row.text,
        buttons=tuple(row.buttons),
        topics=tuple(row.topics),
        sources=tuple(row.sources),
    )


@dataclass(slots=True)
class Unit:
    """The transaction under way: what is heard and said is written at the end of its block.

    With `parting` set, the conversation was erased and no longer knows its address: what is said now is sent there
    a last time and then forgotten.
    """

    within: AsyncConnection | AsyncSession
    conversation: Conversation
    kb: KnowledgeBase
    now: datetime
    language: LanguageCode
    inbox_id: int | None = None
    parting: str | None = None
    erased: bool = False
    said: list[Outgoing] = field(default_factory=list)
    lines: list[Json] = field(default_factory=list)
    """What is not in the transcript yet."""
    _session: AsyncSession | None = None
    _saved: bool = False

    @property
    def session(self) -> AsyncSession:
        """The transaction's session. Most turns only say something and need none, which saves a tenth of their time."""
        if isinstance(self.within, AsyncSession):
            return self.within
        if self._session is None:
            self._session = AsyncSession(self.within, expire_on_commit=False, join_transaction_mode="rollback_only")
        return self._session

    @property
    def sends(self) -> bool:
        """Whether this transaction put something in the outbox, for whatever conversation."""
        return bool(self._session and self._session.info.get("sends"))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                await self.save()  # first: it tells whether all else may be written
                await self.flush()
        finally:
            if self._session:
                await self._session.close()

    async def flush(self) -> None:
        """Write down what happened so far, for statements that look at it."""
        if self._session:
            await self._session.flush()
        if self.lines:
            await self.within.execute(_LINE, [line | {"inbox_id": self.inbox_id} for line in self.lines])
            self.lines.clear()

    async def save(self) -> None:
        """Write down the conversation, unless it is in a session, which does so. The end of the block does it at last.

        Its revision counts every time: who looked at it before is to see that the update was handled meanwhile.
        Raises Overtaken when it was another one by now.
        """
        known = inspect(self.conversation)
        if self._saved or known.session_id is not None:
            return
        changed = {name: getattr(self.conversation, name) for name in known.committed_state}
        before = self.conversation.revision
        which = {"conversation": self.conversation.id, "before": before}
        saved = await self.within.execute(_SAVE, changed | which | {"revision": before + 1})
        if not saved.rowcount:  # type: ignore[attr-defined]
            raise Overtaken
        self._saved = True

    def hear(self, kind: str, text: str) -> None:
        """Write down what the person said."""
        self._line("person", kind, text)

    def say(self, message: Message, author: str = "assistant") -> None:
        """Write down a message to the person, and send it where the channel does not fetch it."""
        self.conversation.last_seq += 1
        said = Outgoing(
            self.conversation.last_seq,
            message.kind,
            message.text,
            tuple({"title": b.title, "payload": b.payload} for b in message.buttons),
            tuple(message.topics),
            tuple(message.sources),
        )
        self._line(author, said.kind, said.text, said.seq, said.buttons, said.topics, said.sources)
        self.said.append(said)
        if self.conversation.channel not in PULLED:
            body = said.as_json() | {
                "language": self.language,
                "source_titles": titles(self.kb, self.language, message.sources),
                "author": author,
            }
            self.send(self.conversation.channel, "message", body)

    def send(self, lane: str, kind: DeliveryKind, body: Mapping[str, Any], handoff_id: str | None = None) -> None:
        """Put something in the outbox."""
        self.session.info["sends"] = True
        self.session.add(
            OutboxRow(
                id=str(uuid4()),
                conversation_id=self.conversation.id,
                handoff_id=handoff_id,
                lane=lane,
                kind=kind,
                address=self.parting if lane != SLACK else None,
                body=dict(body),
                next_attempt_at=self.now,
                forget=self.erased and lane != SLACK,
                created_at=self.now,
            )
        )

    async def transcript(self) -> list[Json]:
        """The conversation so far, as `transcript` deliveries carry it."""
        await self.flush()
        rows = await self.within.execute(_TRANSCRIPT, {"conversation_id": self.conversation.id})
        return [{"author": author, "text": text, "at": at.isoformat()} for author, text, at in rows]

    def _line(
        self,
        author: str,
        kind: str,
        text: str,
        seq: int | None = None,
        buttons: Sequence[Json] = (),
        topics: Sequence[str] = (),
        sources: Sequence[str] = (),
    ) -> None:
        line = {"author": author, "kind": kind, "text": text, "seq": seq}
        shown = {"buttons": buttons, "topics": topics, "sources": sources}
        place = {"conversation_id": self.conversation.id, "at": self.now}
        self.lines.append(line | shown | place)


def rest_of_reply(conversation: Conversation | Row[Any]) -> Json:
    """What a reply says besides its messages."""
    form = conversation.state.get("form")
    return {
        "language": conversation.language or "en",
        "awaiting": form["awaiting"] if form else None,
        "owner": conversation.owner,
        "reference": conversation.state.get("reference"),
    }


async def messages_of(session: AsyncSession, inbox_id: int) -> tuple[Outgoing, ...]:
    """What was said to the person when an inbox row was handled."""
    rows = await session.scalars(
        select(MessageRow).where(MessageRow.inbox_id == inbox_id, MessageRow.seq.is_not(None)).order_by(MessageRow.seq)
    )
    return tuple(outgoing(r) for r in rows)


async def reply_after(session: AsyncSession, conversation_id: str, seq: int, limit: int) -> Reply | None:
    """What was said to the person after a cursor, the first `limit` of it; None for an unknown conversation.

    How things stand is read last: what comes between the two wakes its waiter once more.
    """
    since = {"conversation_id": conversation_id, "seq": min(seq, _LARGEST), "limit": limit + 1}
    rows = (await session.execute(_SINCE, since)).all()
    stands = (await session.execute(_STANDS, {"id": conversation_id})).one_or_none()
    if stands is None:
        return None
    messages = tuple(outgoing(row) for row in rows[:limit])
    return Reply(messages=messages, more=len(rows) > limit, **rest_of_reply(stands))
