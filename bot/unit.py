"""One transaction on one conversation: what is said and sent in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ports import DeliveryKind, Json, Outgoing
from bot.sources import titles
from bot.store.models import Conversation, MessageRow, OutboxRow
from dialogues.messages import Message
from knowledge.base import KnowledgeBase
from nlu.types import LanguageCode

SLACK = "slack"
PULLED = frozenset({"web", "terminal"})
"""Channels whose people fetch their messages: nothing is pushed to them."""


def outgoing(row: MessageRow) -> Outgoing:
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
    """The transaction under way. With `parting` set, the conversation was erased and no longer knows its
    address: what is said now is sent there a last time and then forgotten."""

    session: AsyncSession
    conversation: Conversation
    kb: KnowledgeBase
    now: datetime
    language: LanguageCode
    inbox_id: int | None = None
    parting: str | None = None
    erased: bool = False
    said: list[Outgoing] = field(default_factory=list)

    def hear(self, kind: str, text: str) -> None:
        """Write down what the person said."""
        self._line("person", kind, text)

    def say(self, message: Message, author: str = "assistant") -> None:
        """Write down a message to the person, and send it where the channel does not fetch it."""
        self.conversation.last_seq += 1
        row = self._line(
            author,
            message.kind,
            message.text,
            self.conversation.last_seq,
            [{"title": b.title, "payload": b.payload} for b in message.buttons],
            message.topics,
            message.sources,
        )
        self.said.append(outgoing(row))
        if self.conversation.channel not in PULLED:
            body = self.said[-1].as_json() | {
                "language": self.language,
                "source_titles": titles(self.kb, self.language, message.sources),
                "author": author,
            }
            self.send(self.conversation.channel, "message", body)

    def send(self, lane: str, kind: DeliveryKind, body: Mapping[str, Any], handoff_id: str | None = None) -> None:
        """Put something in the outbox."""
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
        await self.session.flush()
        rows = await self.session.scalars(
            select(MessageRow).where(MessageRow.conversation_id == self.conversation.id).order_by(MessageRow.id)
        )
        return [{"author": r.author, "text": r.text, "at": r.at.isoformat()} for r in rows]

    def _line(
        self,
        author: str,
        kind: str,
        text: str,
        seq: int | None = None,
        buttons: Sequence[Json] = (),
        topics: Sequence[str] = (),
        sources: Sequence[str] = (),
    ) -> MessageRow:
        row = MessageRow(
            conversation_id=self.conversation.id,
            inbox_id=self.inbox_id,
            author=author,
            seq=seq,
            kind=kind,
            text=text,
            buttons=list(buttons),
            topics=list(topics),
            sources=list(sources),
            at=self.now,
        )
        self.session.add(row)
        return row


def rest_of_reply(conversation: Conversation) -> Json:
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


async def messages_since(session: AsyncSession, conversation_id: str, seq: int) -> tuple[Outgoing, ...]:
    """What was said to the person after a cursor."""
    rows = await session.scalars(
        select(MessageRow)
        .where(MessageRow.conversation_id == conversation_id, func.coalesce(MessageRow.seq, 0) > seq)
        .order_by(MessageRow.seq)
    )
    return tuple(outgoing(r) for r in rows)
