"""Committing what comes in, before anything is done about it."""

import dataclasses
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

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
    """Add an update to the inbox; a redelivery gives the first row's id.

    Raises RequestError 404 for a conversation of the web that was never opened.
    """
    known = await _known(session, incoming.channel, incoming.external_id)
    if known is not None:
        return known
    conversation = await _conversation(session, incoming, now)
    body = {
        "text": storable(incoming.text),
        "payload": storable(incoming.payload),
        "detail": incoming.detail,
        "language_hint": incoming.language_hint,
    }
    return await add(session, incoming.channel, incoming.external_id, conversation.id, incoming.kind, body, now)


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
    row = InboxRow(
        channel=channel,
        external_id=external_id,
        conversation_id=conversation_id,
        kind=kind,
        body=body,
        received_at=now,
    )
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError:
        known = await _known(session, channel, external_id)
        if known is None:
            raise
        return known
    return row.id


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


async def _known(session: AsyncSession, channel: str, external_id: str) -> int | None:
    found: int | None = await session.scalar(
        select(InboxRow.id).where(
            InboxRow.channel == channel,
            InboxRow.external_id.in_([external_id, fingerprint(external_id)]),
        )
    )
    return found


async def _conversation(session: AsyncSession, incoming: Incoming, now: datetime) -> Conversation:
    # The row is locked, so that an erasure under way is over before its address is looked up.
    query = (
        select(Conversation)
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
        return created
    except IntegrityError:
        return (await session.scalars(query)).one()
