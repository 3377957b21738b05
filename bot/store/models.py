"""The tables. Times are UTC; texts of people stand only in the columns that erasure empties.

PostgreSQL's are made by the migrations alone, with the same conditions on the indexes: to name them here as well would
load its dialect at each start on SQLite.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

Json = dict[str, Any]
_UNHANDLED = "handled_at IS NULL"
_CONTINUED = "continued_in IS NOT NULL"


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime; SQLite keeps no zone, so it is stored and read as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn any aware time into UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What all tables share."""

    type_annotation_map: ClassVar[Mapping[Any, Any]] = {
        datetime: UtcDateTime,
        Json: JSON(none_as_null=True),
        list[Any]: JSON,
        str: Text,
    }


class Conversation(Base):
    """A person on a channel. `owner` is the only truth about who speaks; `revision` counts the changes by itself.

    `continued_in` is the conversation in which its person goes on, in another channel.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("channel", "address", name="uq_conversations_address"),
        Index(
            "ix_conversations_continued_in",
            "continued_in",
            sqlite_where=text(_CONTINUED),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str]
    address: Mapped[str]
    token_hash: Mapped[str | None]
    state: Mapped[Json]
    owner: Mapped[str] = mapped_column(default="assistant")
    language: Mapped[str | None]
    last_seq: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column()
    created_at: Mapped[datetime]
    last_active_at: Mapped[datetime] = mapped_column(index=True)
    erased_at: Mapped[datetime | None]
    continued_in: Mapped[str | None]

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012  SQLAlchemy's own form


class CodeRow(Base):
    """A code that opens a conversation once in another channel; only its SHA-256 is kept."""

    __tablename__ = "codes"

    digest: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    expires_at: Mapped[datetime]


class CodeAttempt(Base):
    """A code that opened nothing: too many of them, and none is looked at for a while."""

    __tablename__ = "code_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    at: Mapped[datetime] = mapped_column(index=True)


class InboxRow(Base):
    """An update as it came in. `reply` holds what the answer says besides its messages."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "external_id", name="uq_inbox_external_id"),
        Index("ix_inbox_open", "conversation_id", "handled_at"),
        Index("ix_inbox_unhandled", "id", sqlite_where=text(_UNHANDLED)),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    external_id: Mapped[str]
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    kind: Mapped[str]
    body: Mapped[Json]
    reply: Mapped[Json | None]
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    set_aside_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]


class MessageRow(Base):
    """A line of the transcript. Only what went out to the person has a `seq`."""

    __tablename__ = "messages"
    __table_args__ = (UniqueConstraint("conversation_id", "seq", name="uq_messages_seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    inbox_id: Mapped[int | None] = mapped_column(ForeignKey("inbox.id"), index=True)
    author: Mapped[str]
    seq: Mapped[int | None]
    kind: Mapped[str]
    text: Mapped[str]
    buttons: Mapped[list[Any]]
    topics: Mapped[list[Any]]
    sources: Mapped[list[Any]]
    at: Mapped[datetime]


class OutboxRow(Base):
    """Something to send, in the order of `position` per conversation and lane.

    `address` is set only where the conversation no longer knows it; `forget` empties the row once it is done.
    While a process sends the row, `leased_until` says how long it may take, and `leased_by` which one of several
    it is.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "lane", "status", "conversation_id", "position"),)

    position: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    handoff_id: Mapped[str | None] = mapped_column(ForeignKey("handoffs.id"), index=True)
    lane: Mapped[str]
    kind: Mapped[str]
    address: Mapped[str | None]
    body: Mapped[Json]
    status: Mapped[str] = mapped_column(default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    leased_by: Mapped[int | None]
    uncertain: Mapped[bool] = mapped_column(default=False)
    forget: Mapped[bool] = mapped_column(default=False)
    external: Mapped[Json | None]
    last_error: Mapped[str | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class IntakeRow(Base):
    """A submitted proposal or need. After an erasure it has neither slots nor conversation."""

    __tablename__ = "intakes"

    reference: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    kind: Mapped[str]
    slots: Mapped[Json]
    language: Mapped[str]
    channel: Mapped[str]
    status: Mapped[str]
    match: Mapped[Json]
    created_at: Mapped[datetime] = mapped_column(index=True)
    erased_at: Mapped[datetime | None]


class IntakeEvent(Base):
    """What happened to an intake, by whom."""

    __tablename__ = "intake_history"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(ForeignKey("intakes.reference"), index=True)
    actor: Mapped[str]
    event: Mapped[str]
    detail: Mapped[str]
    at: Mapped[datetime]


class HandoffRow(Base):
    """A conversation passed to the coordinators, and its thread in Slack. Status: open, claimed or erased."""

    __tablename__ = "handoffs"
    __table_args__ = (Index("ix_handoffs_thread", "slack_channel", "slack_ts"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    reference: Mapped[str | None] = mapped_column(ForeignKey("intakes.reference"), index=True)
    reason: Mapped[str]
    text: Mapped[str]
    status: Mapped[str] = mapped_column(default="open")
    claimed_by_id: Mapped[str | None]
    claimed_by_name: Mapped[str | None]
    claimed_at: Mapped[datetime | None]
    slack_channel: Mapped[str | None]
    slack_ts: Mapped[str | None]
    created_at: Mapped[datetime]


class AttachmentRow(Base):
    """A file that a person sent, under the id of the inbox row that it came with.

    Without a handoff it belongs to a draft and goes with it.
    """

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(ForeignKey("inbox.id"), primary_key=True, autoincrement=False)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    handoff_id: Mapped[str | None] = mapped_column(ForeignKey("handoffs.id"), index=True)
    name: Mapped[str]
    type: Mapped[str]
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    at: Mapped[datetime]


class QuestionRow(Base):
    """A question worth a coordinator's look; `text` is without personal data (see nlu.masking).

    `kind` is declined, clarified, unknown or unhelpful; the last was rated, and `seq` is that of the rated answer.
    `readings` are [{"topic", "confidence"}], best first; `topic` is what was answered. Status: open, learned or
    dismissed.
    """

    __tablename__ = "questions"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq", name="uq_questions_seq"),
        Index("ix_questions_status", "status", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int | None]
    kind: Mapped[str]
    language: Mapped[str]
    text: Mapped[str]
    readings: Mapped[list[Any]]
    topic: Mapped[str | None]
    engine: Mapped[str]
    status: Mapped[str] = mapped_column(default="open")
    at: Mapped[datetime]
