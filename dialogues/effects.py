"""What a dialogue step asks the outside to do. The turn carries effects out in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dialogues.messages import Message


@dataclass(frozen=True, slots=True)
class Say:
    """Send a message to the person."""

    message: Message


@dataclass(frozen=True, slots=True)
class Submit:
    """Store a completed, consented intake and hand it to the coordinators, with the files of these ids."""

    kind: Literal["proposal", "need"]
    reference: str
    slots: Mapping[str, object]
    attachments: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class HandOff:
    """Pass the conversation to the coordinators because the person wants one. `text` is their last message."""

    text: str


@dataclass(frozen=True, slots=True)
class Erase:
    """Remove everything this conversation left behind, everywhere."""


@dataclass(frozen=True, slots=True)
class Export:
    """Give the person a file with all the data kept about this conversation."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Note that an answer, told by its `seq`, was helpful or not. A later rating of the same answer counts."""

    seq: int
    helpful: bool


@dataclass(frozen=True, slots=True)
class Add:
    """Pass something on to the coordinators as an addition to an intake of this conversation."""

    reference: str
    text: str


@dataclass(frozen=True, slots=True)
class Enclose:
    """Pass the files of these ids on to the coordinators as an addition to an intake of this conversation."""

    reference: str
    attachments: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take an intake of this conversation back."""

    reference: str


@dataclass(frozen=True, slots=True)
class Link:
    """Note that an intake of this conversation goes together with another company's, if there is one."""

    reference: str
    other: str


@dataclass(frozen=True, slots=True)
class IssueCode:
    """Let a code open this conversation's draft and intakes in another channel, once."""

    code: str


@dataclass(frozen=True, slots=True)
class MissCode:
    """Count a code that opens nothing."""


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Let what a code opens go on here; `farewell` is said in the other conversation."""

    code: str
    farewell: str


Effect = (
    Say | Submit | HandOff | Erase | Export | Rate | Add | Enclose | Withdraw | Link | IssueCode | MissCode | TakeOver
)
