"""What people and coordinators did and saw, and what the database kept of it."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True)
class Seen:
    """One conversation as its person and its coordinator saw it. `address` is the channel's own.

    `answers` are all answers to each client_id and `streams` what each WebSocket brought (both on the web alone),
    `shown` what the chat shows (Telegram alone), `words` what the coordinator wrote, `relayed` what the person said
    to the coordinator, `files` the bytes of each file that the person sent, by its name. Of what stands in one of the
    groups `at_once` nobody knows in which order it arrives.
    """

    channel: str
    address: str
    typed: list[str] = field(default_factory=list)
    presses: int = 0
    answers: dict[str, list[Json]] = field(default_factory=dict)
    streams: list[list[Json]] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    relayed: list[str] = field(default_factory=list)
    files: dict[str, int] = field(default_factory=dict)
    at_once: list[list[str]] = field(default_factory=list)
    reference: str | None = None
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A message to the person in the transcript. `push` is the state of its outbox row, where it has one."""

    seq: int
    author: str
    text: str
    push: str | None = None


@dataclass(slots=True)
class Kept:
    """One conversation as the database keeps it. `updates` counts the inbox rows of its person, `files` are names."""

    said: list[Said] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    updates: int = 0
    references: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Archive:
    """The whole database: conversations by channel and address, coordinators' actions by their ids in the inbox, and
    what is stuck, in words."""

    kept: dict[tuple[str, str], Kept] = field(default_factory=dict)
    actions: set[str] = field(default_factory=set)
    stuck: list[str] = field(default_factory=list)
