"""The seams between the bot and its connectors.

A connector turns a platform's update into an `Incoming` and calls the `Gateway`; for what goes out it
implements `Channel`, which the delivery worker calls with outbox rows. Coordinators' doings come in as
`Coordination`.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from nlu.types import LanguageCode

IncomingKind = Literal["text", "payload", "edited", "attachment", "unsupported"]
Owner = Literal["assistant", "coordinator"]
Json = dict[str, Any]

PAGE = 200
"""Messages that are given at a time, some hundred kilobytes at most."""


@dataclass(frozen=True, slots=True)
class File:
    """A file as it came, under the name that its sender gave it. Neither is trusted."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Incoming:
    """An update of a platform.

    `address` names the conversation within the channel (web: the conversation's id; telegram: the chat id),
    `external_id` the update, unique per channel: a second one with the same id is a redelivery.
    `detail` names an unsupported thing: sticker, photo, voice, video, document, location, contact, other; or
    why a file could not be taken: file_type, file_too_large, file_empty, file_lost. For an attachment,
    `later` says that others came with it before. `file` is what an attachment brings; `attachment` is what was
    kept of it, as {"name", "type", "size"}, once it is in the inbox. `again` says that it was sent before and not
    answered: should that be what our process dies of, it has to be stored before it is handled.
    """

    channel: str
    address: str
    external_id: str
    kind: IncomingKind
    text: str = ""
    payload: str = ""
    detail: str = ""
    language_hint: LanguageCode | None = None
    file: File | None = None
    attachment: Json | None = None
    later: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message for a person, with its place in the conversation (`seq` counts from 1)."""

    seq: int
    kind: str
    text: str
    buttons: tuple[Json, ...] = ()
    topics: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def as_json(self) -> Json:
        """The message as the web contract writes it."""
        return {
            "seq": self.seq,
            "kind": self.kind,
            "text": self.text,
            "buttons": [dict(b) for b in self.buttons],
            "topics": list(self.topics),
            "sources": list(self.sources),
        }


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one update, or the messages after a cursor; then `more` tells that others follow the last."""

    messages: tuple[Outgoing, ...]
    language: LanguageCode
    awaiting: str | None
    owner: Owner
    reference: str | None
    more: bool = False

    def as_json(self) -> Json:
        """The reply as the web contract writes it."""
        reply = {
            "messages": [m.as_json() for m in self.messages],
            "language": self.language,
            "awaiting": self.awaiting,
            "owner": self.owner,
            "reference": self.reference,
        }
        return reply | {"more": True} if self.more else reply


@dataclass(frozen=True, slots=True)
class Opened:
    """A new conversation of the web and the secret that alone opens it."""

    id: str
    token: str


@dataclass(frozen=True, slots=True)
class Export:
    """A person's own data as a file: UTF-8 JSON."""

    filename: str
    content: bytes


class Subscription(Protocol):
    """Wakes whoever waits for messages of one conversation."""

    async def wait(self) -> None:
        """Return once there may be something new."""
        ...

    def close(self) -> None:
        """Stop listening. May be called twice."""
        ...


class Gateway(Protocol):
    """The bot as connectors see it."""

    async def open(self, language_hint: LanguageCode | None = None) -> Opened:
        """Start a conversation of the web channel."""
        ...

    async def authorise(self, conversation_id: str, token: str) -> None:
        """Raise RequestError 404 for an unknown id, 401 for a token that does not open it."""
        ...

    async def accept(self, incoming: Incoming) -> int:
        """Commit the update to the inbox and return its row id; for a redelivery, the first row's id.

        Only after this may a connector acknowledge to its platform. Raises RequestError 413 file_too_large, 415
        file_type or 422 file_empty for a file that is not taken.
        """
        ...

    async def answer(self, inbox_id: int) -> Reply:
        """Run the turn of an accepted update (and any before it), or give its stored reply again."""
        ...

    async def reply_to(self, incoming: Incoming) -> Reply:
        """Accept and answer in one, for a channel whose acknowledgement is the answer. Raises as both do."""
        ...

    async def messages_after(self, conversation_id: str, seq: int, limit: int = PAGE) -> Reply:
        """The messages with a higher seq than the cursor, in order, at most `limit` of them."""
        ...

    def subscribe(self, conversation_id: str) -> Subscription:
        """Listen for new messages of a conversation."""
        ...

    def sources(self, language: LanguageCode) -> list[Json]:
        """Every source as {"key", "title", "url"}, titled in the language; url may be None."""
        ...

    async def export(self, conversation_id: str) -> Export:
        """All data kept about the conversation, for its person."""
        ...

    async def conversation_id(self, channel: str, address: str) -> str | None:
        """The conversation at an address of a channel, if there is one."""
        ...

    async def alone(self, duty: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run work in one process at a time, under the name of its duty.

        It waits until no other process has the duty. When that is lost, the work is cancelled, and begins again once
        the duty is regained.
        """
        ...

    async def coordinate(self, action: "Coordination") -> None:
        """Commit a coordinator's action to the inbox and carry it out. A redelivery changes nothing."""
        ...


CoordinationKind = Literal["claim", "release", "reply", "status"]


@dataclass(frozen=True, slots=True)
class Coordination:
    """Something a coordinator did in Slack.

    claim, release: `handoff_id` says of what. reply: `text` written in the thread `thread`
    (Slack channel id and ts).
    status: `text` is the new status of the handoff's intake (received, claimed, closed or withdrawn).
    """

    channel: str
    external_id: str
    kind: CoordinationKind
    actor_id: str
    actor_name: str
    handoff_id: str | None = None
    thread: tuple[str, str] | None = None
    text: str = ""


DeliveryKind = Literal["message", "export", "card", "card_update", "transcript", "relay", "file", "erase", "alert"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """An outbox row to send.

    `id` is stable over attempts: put it into platform metadata to recognise an earlier attempt.
    `uncertain` says that an earlier attempt's outcome is unknown: reconcile before sending.
    `address` is the channel's own: telegram the chat id, slack "" (the configured channel).
    `thread` is the handoff's Slack thread (channel id, ts) once its card was sent.
    `others` are the platform's ids of files that other deliveries put there, told where a file's arrival is uncertain.

    Bodies by kind:
    - message: an Outgoing as JSON plus "language" and "source_titles": [{"key", "title", "url"}] in the
      conversation's language (telegram)
    - export: {"filename", "content"} with text content (telegram)
    - card: {"handoff_id", "reason": "intake" | "person", "intake": the intake as `intakes show --json` gives
      it or null, "conversation": {"language", "channel"}, "text": the wish for a person or "",
      "claimed_by": name or null, "created_at": ISO time}
    - card_update: as card, to replace the card that stands at `thread`
    - transcript: {"handoff_id", "lines": [{"author": "person" | "assistant" | "coordinator", "text", "at"}]}
    - relay: {"handoff_id", "text", "author"}: what the person says while a coordinator owns the conversation; with
      "event": "added" what they add to the intake, with "withdrawn" (and no text) that they took it back
    - file: {"attachment": id, "name", "size"}, with the `content` that is to stand in the handoff's thread
    - alert: {"event": "set_aside" | "not_done" | "unreached" | "not_shown" | "not_erased" | "channel_down",
      "row": the row's name for `i2pcc deliveries` or "", "channel": the channel concerned, "kind", "reason",
      "reference": … or "", "created_at": ISO time}: something to look after, told in the thread if there is one, else
      in the channel; no personal data
    - erase: {"messages": [{"channel", "ts"}…], "files": [id…], "uncertain": [id…]}: delete our messages and
      files, and those of the deliveries whose arrival is unknown, if they arrived
    """

    id: str
    channel: str
    kind: DeliveryKind
    address: str
    body: Mapping[str, Any]
    thread: tuple[str, str] | None = None
    uncertain: bool = False
    content: bytes | None = field(default=None, repr=False)
    others: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a delivery went: platform data, such as {"channel": …, "messages": [ts, …]} or {"message_id": …}.

    Files in Slack are told as {"files": [id, …]}.

    For a Slack card, `thread` is the (channel id, ts) under which the conversation goes on.
    """

    external: Json = field(default_factory=dict)
    thread: tuple[str, str] | None = None


class Retry(Exception):
    """The delivery failed for now. `after` is the platform's own delay in seconds, or None for the backoff.

    `uncertain` says that it may have arrived, `advice` what an operator must do ("": waiting is enough), and
    `holds` which kinds of delivery over this channel the platform's delay is meant for, too.
    """

    def __init__(
        self,
        reason: str,
        after: float | None = None,
        uncertain: bool = False,
        advice: str = "",
        holds: Collection[DeliveryKind] = (),
    ) -> None:
        super().__init__(reason)
        self.after = after
        self.uncertain = uncertain
        self.advice = advice
        self.holds = holds


class Outage(Retry):
    """The channel as a whole takes nothing now: it cannot be reached, fails, or refuses us."""


class Undeliverable(Exception):
    """This delivery cannot succeed, others may (blocked by the user, its channel or thread was deleted)."""


class Channel(Protocol):
    """A connector's way out."""

    name: str

    async def start(self) -> None:
        """Connect. Raise SetupError when the settings are wrong."""
        ...

    async def stop(self) -> None:
        """Disconnect and finish what is under way. May be called without start."""
        ...

    async def send(self, delivery: Delivery) -> Sent:
        """Send one outbox row. Raises Retry, Outage or Undeliverable."""
        ...
