"""What the assistant says, before any channel gives it a shape."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["answer", "clarify", "decline", "unknown", "form", "notice"]


@dataclass(frozen=True, slots=True)
class Button:
    """A choice. `payload` is at most 64 bytes, so that it fits Telegram's callback data."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the web contract, without its sequence number."""

    kind: Kind
    text: str
    buttons: tuple[Button, ...] = ()
    topics: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
