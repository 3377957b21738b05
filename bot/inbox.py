"""Committing what comes in, before anything is done about it."""

import dataclasses
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Select, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot import attachments
from bot.errors import RequestError
from bot.ports import Incoming, Json
from bot.privacy import fingerprint, storable
from bot.store.models import Conversation, InboxRow
from dialogues.state import State
from nlu.types import LanguageCode


def new_conversation(
    channel: str, address: str, now: datetime, hint: LanguageCode | None, id_: str | None = None
) -> Conversation:
    """A conversation in which nothing was said yet."""
    return Conversation(
        id=id_ or str(uuid4()),
        channel=channel,
        address=address,
        state=State(hint=hint).model_dump(mode="json"),
        language=hint,
        created_at=now,
        last_active_at=now,
    )


async def take_in(session: AsyncSession, incoming: Incoming, now: datetime) -> int:
    """Add an update to the inbox, with the file that it brings; a redelivery gives the first row's id.

    Raises RequestError 404 for a conversation of the web that was never opened.
    """
    known = await session.scalar(_known(incoming.channel, incoming.external_id))
    if known is not None:
        return known
    conversation_id = await _conversation(session, incoming, now)
    body: Json = {
        "text": storable(incoming.text),
        "payload": storable(incoming.payload),
        "detail": incoming.detail,
        "language_hint": incoming.language_hint,
    }
    if incoming.attachment:
        body |= {"attachment": incoming.attachment, "later": incoming.later}
    id_ = await add(session, incoming.channel, incoming.external_id, conversation_id, incoming.kind, body, now)
    if incoming.attachment and incoming.file:
        await attachments.store(session, id_, conversation_id, incoming.attachment, incoming.file.content, now)
    return id_


async def add(
    session: AsyncSession,
    channel: str,
    external_id: str,
    conversation_id: str,
    kind: str,
    body: Json,
    now: datetime,
) -> int:
    """Insert an inbox row, or give the id of the one that another process inserted meanwhile."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    added: int | None = await session.scalar(
        insert(InboxRow)
        .values(
            channel=channel,
            external_id=external_id,
            conversation_id=conversation_id,
            kind=kind,
            body=body,
            received_at=now,
        )
        .on_conflict_do_nothing()
        .returning(InboxRow.id)
    )
    return added or (await session.scalars(_known(channel, external_id))).one()


def read_incoming(row: InboxRow, conversation: Conversation) -> Incoming:
    """The update that a row holds."""
    fields = {f.name for f in dataclasses.fields(Incoming)}
    return Incoming(
        channel=row.channel,
        address=conversation.address,
        external_id=row.external_id,
        kind=row.kind,  # type: ignore[arg-type]
        **{k: v for k, v in row.body.items() if k in fields},
    )


def _known(channel: str, external_id: str) -> Select[tuple[int]]:
    ids = (external_id, fingerprint(external_id))
    return select(InboxRow.id).where(InboxRow.channel == channel, InboxRow.external_id.in_(ids))


async def _conversation(session: AsyncSession, incoming: Incoming, now: datetime) -> str:
    # The row is locked, so that an erasure under way is over before its address is looked up.
    query = (
        select(Conversation.id)
        .where(Conversation.channel == incoming.channel, Conversation.address == incoming.address)
        .with_for_update()
    )
    found = await session.scalar(query)
    if found:
        return found
    if incoming.channel == "web":
        raise RequestError(404, "not_found", "There is no such conversation.")
    try:
        async with session.begin_nested():
            created = new_conversation(incoming.channel, incoming.address, now, incoming.language_hint)
            session.add(created)
        return created.id
    except IntegrityError:
        return (await session.scalars(query)).one()
