"""Committing what comes in, before anything is done about it."""

import dataclasses
from datetime import datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, bindparam, select, text, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from bot import attachments
from bot.errors import RequestError
from bot.ports import Incoming, Json
from bot.privacy import fingerprint, storable
from bot.store.engine import session_on
from bot.store.models import Conversation, InboxRow
from bot.unit import Overtaken
from dialogues.state import State
from nlu.types import LanguageCode

_INBOX, _CONVERSATIONS = InboxRow.__table__, Conversation.__table__


def is_known() -> ColumnElement[bool]:
    """Of inbox rows: whether it is that of the update with the names that `names_of` gives."""
    return (_INBOX.c.channel == bindparam("channel")) & _INBOX.c.external_id.in_(
        [bindparam("external_id"), bindparam("fingerprint")]
    )


_KNOWN = select(_INBOX.c.id, _INBOX.c.conversation_id).where(is_known())
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
    "INSERT INTO inbox (channel, external_id, conversation_id, kind, body, received_at, handled_at, reply, attempts)"
    " VALUES (:channel, :external_id, :conversation_id, :kind, :body, :received_at, :handled_at, :reply, 0)"
    " ON CONFLICT DO NOTHING RETURNING id"
).bindparams(*(bindparam(name, type_=_INBOX.c[name].type) for name in ("body", "received_at", "handled_at", "reply")))


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
    names = names_of(incoming)
    place = (await connection.execute(_PLACE, names | {"address": incoming.address})).one_or_none()
    known = place or (await connection.execute(_KNOWN, names)).one_or_none()
    if known is not None and known.id is not None:
        return known.id, known.conversation_id
    conversation_id = place.here if place else await _begin(connection, incoming, now)
    body = _body(incoming)
    id_ = await add(connection, incoming.channel, incoming.external_id, conversation_id, incoming.kind, body, now)
    if incoming.attachment and incoming.file:
        async with session_on(connection) as session:
            await attachments.store(session, id_, conversation_id, incoming.attachment, incoming.file.content, now)
    return id_, conversation_id


async def add_answered(
    connection: AsyncConnection, incoming: Incoming, conversation_id: str, now: datetime, reply: Json
) -> int:
    """Insert the row of an update that is being answered in this transaction. Raises Overtaken if it is known."""
    row = _row(incoming.channel, incoming.external_id, conversation_id, incoming.kind, _body(incoming), now)
    added: int | None = await connection.scalar(_ADD, row | {"handled_at": now, "reply": reply})
    if added is None:
        raise Overtaken
    return added


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
    row = _row(channel, external_id, conversation_id, kind, body, now)
    added: int | None = await within.scalar(_ADD, row)
    return added or (await within.scalars(_KNOWN, _names(channel, external_id))).one()


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


def names_of(incoming: Incoming) -> Json:
    """The values of `is_known`."""
    return _names(incoming.channel, incoming.external_id)


def _names(channel: str, external_id: str) -> Json:
    """What an update is known by; an erasure leaves the fingerprint."""
    return {"channel": channel, "external_id": external_id, "fingerprint": fingerprint(external_id)}


def _body(incoming: Incoming) -> Json:
    body: Json = {
        "text": storable(incoming.text),
        "payload": storable(incoming.payload),
        "detail": incoming.detail,
        "language_hint": incoming.language_hint,
    }
    if incoming.attachment:
        body |= {"attachment": incoming.attachment, "later": incoming.later}
    return body


def _row(channel: str, external_id: str, conversation_id: str, kind: str, body: Json, now: datetime) -> Json:
    names = {"channel": channel, "external_id": external_id, "conversation_id": conversation_id, "kind": kind}
    return names | {"body": body, "received_at": now, "handled_at": None, "reply": None}


async def _begin(connection: AsyncConnection, incoming: Incoming, now: datetime) -> str:
    if incoming.channel == "web":
        raise RequestError(404, "not_found", "There is no such conversation.")
    try:
        async with connection.begin_nested(), session_on(connection) as session:
            created = new_conversation(incoming.channel, incoming.address, now, incoming.language_hint)
            session.add(created)
        return created.id
    except IntegrityError:  # another process began it
        names = names_of(incoming)
        return str((await connection.scalars(_PLACE, names | {"address": incoming.address})).one())
