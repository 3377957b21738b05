"""Committing what comes in, before anything is done about it."""

import dataclasses
from datetime import datetime
from uuid import uuid4

from sqlalchemy import bindparam, select, text, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from bot import attachments
from bot.errors import RequestError
from bot.ports import Incoming, Json
from bot.privacy import fingerprint, storable
from bot.store.engine import session_on
from bot.store.models import Conversation, InboxRow
from dialogues.state import State
from nlu.types import LanguageCode

_INBOX, _CONVERSATIONS = InboxRow.__table__, Conversation.__table__
_KNOWN = select(_INBOX.c.id, _INBOX.c.conversation_id).where(
    _INBOX.c.channel == bindparam("channel"),
    _INBOX.c.external_id.in_([bindparam("external_id"), bindparam("fingerprint")]),
)
_first = _KNOWN.subquery()
_PLACE = (
    select(_CONVERSATIONS.c.id.label("here"), _first)
    .select_from(_CONVERSATIONS.outerjoin(_first, true()))
    .where(_CONVERSATIONS.c.channel == bindparam("channel"), _CONVERSATIONS.c.address == bindparam("address"))
    # The row is locked, so that an erasure under way is over before its address is looked up.
    .with_for_update(of=_CONVERSATIONS)
)
# SQLAlchemy builds its own inserts with a conflict clause anew each time.
_ADD = text(
    "INSERT INTO inbox (channel, external_id, conversation_id, kind, body, received_at, attempts)"
    " VALUES (:channel, :external_id, :conversation_id, :kind, :body, :received_at, 0)"
    " ON CONFLICT DO NOTHING RETURNING id"
).bindparams(bindparam("body", type_=_INBOX.c.body.type), bindparam("received_at", type_=_INBOX.c.received_at.type))


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


async def take_in(connection: AsyncConnection, incoming: Incoming, now: datetime) -> tuple[int, str]:
    """Add an update to the inbox, with the file that it brings: the row's id and its conversation's.

    A redelivery gives those of the first row.

    Raises RequestError 404 for a conversation of the web that was never opened.
    """
    names = _names(incoming.channel, incoming.external_id)
    place = (await connection.execute(_PLACE, names | {"address": incoming.address})).one_or_none()
    known = place or (await connection.execute(_KNOWN, names)).one_or_none()
    if known is not None and known.id is not None:
        return known.id, known.conversation_id
    conversation_id = place.here if place else await _begin(connection, incoming, now)
    body: Json = {
        "text": storable(incoming.text),
        "payload": storable(incoming.payload),
        "detail": incoming.detail,
        "language_hint": incoming.language_hint,
    }
    if incoming.attachment:
        body |= {"attachment": incoming.attachment, "later": incoming.later}
    id_ = await add(connection, incoming.channel, incoming.external_id, conversation_id, incoming.kind, body, now)
    if incoming.attachment and incoming.file:
        async with session_on(connection) as session:
            await attachments.store(session, id_, conversation_id, incoming.attachment, incoming.file.content, now)
    return id_, conversation_id


async def add(
    within: AsyncConnection | AsyncSession,
    channel: str,
    external_id: str,
    conversation_id: str,
    kind: str,
    body: Json,
    now: datetime,
) -> int:
    """Insert an inbox row, or give the id of the one that another process inserted meanwhile."""
    names = _names(channel, external_id)
    row = {"channel": channel, "external_id": external_id, "conversation_id": conversation_id, "kind": kind}
    added: int | None = await within.scalar(_ADD, row | {"body": body, "received_at": now})
    return added or (await within.scalars(_KNOWN, names)).one()


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


def _names(channel: str, external_id: str) -> Json:
    """What an update is known by; an erasure leaves the fingerprint."""
    return {"channel": channel, "external_id": external_id, "fingerprint": fingerprint(external_id)}


async def _begin(connection: AsyncConnection, incoming: Incoming, now: datetime) -> str:
    if incoming.channel == "web":
        raise RequestError(404, "not_found", "There is no such conversation.")
    try:
        async with connection.begin_nested(), session_on(connection) as session:
            created = new_conversation(incoming.channel, incoming.address, now, incoming.language_hint)
            session.add(created)
        return created.id
    except IntegrityError:  # another process began it
        names = _names(incoming.channel, incoming.external_id)
        return str((await connection.scalars(_PLACE, names | {"address": incoming.address})).one())
