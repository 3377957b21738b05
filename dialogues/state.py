"""What a conversation remembers, as versioned JSON."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from dialogues.migrations import VERSION, upgrade
from nlu.types import LanguageCode


class Attachment(BaseModel):
    """A file that was sent. `type` is its media type, `size` in bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: int
    name: str
    type: str
    size: int


class Draft(BaseModel):
    """A form under way or set aside.

    `slots` holds given answers (None: skipped), `awaiting` the open slot, `history` the slots answered, oldest
    first, `selected` what is ticked so far in a multi-choice, `failures` counts misses in a row on the open slot.
    `remind` says that the person wants to be reminded of the draft that was set aside.
    """

    model_config = ConfigDict(extra="forbid")

    kind: Literal["proposal", "need"]
    slots: dict[str, Any] = Field(default_factory=dict)
    awaiting: str
    history: list[str] = Field(default_factory=list)
    selected: list[str] = Field(default_factory=list)
    failures: int = 0
    attachments: list[Attachment] = Field(default_factory=list)
    paused_at: datetime | None = None
    remind: bool = False


class Waiting(BaseModel):
    """Files that came after an intake was sent in, until it is said where they belong, with what was written to them.

    `at` is when the last one came.
    """

    model_config = ConfigDict(extra="forbid")

    files: list[Attachment]
    text: str = ""
    at: datetime


class Choice(BaseModel):
    """A button that was offered, so that its title can also be typed."""

    model_config = ConfigDict(extra="forbid")

    title: str
    payload: str


class Doubt(BaseModel):
    """An answer kept although it may have been a question: which slot, and the topic it may have asked about."""

    model_config = ConfigDict(extra="forbid")

    slot: str
    topic: str


class State(BaseModel):
    """The dialogue's memory.

    `adding` is the intake to which the next message is to be added, `waiting` the files that may be.
    `topic` is what was talked about last and `beside` the challenge that it was asked with, `told` the sources
    of the last answer, `yes` the payload
    that a plain "yes" stands for; `said` is the last answer's text and `again` how often it was asked for again in a
    row; `misses` counts messages in a row that were not understood.
    """

    model_config = ConfigDict(extra="forbid")

    version: int = VERSION
    language: LanguageCode | None = None
    language_chosen: bool = False
    hint: LanguageCode | None = None
    owner: Literal["assistant", "coordinator"] = "assistant"
    disclosed: bool = False
    topic: str | None = None
    beside: str | None = None
    told: list[str] = Field(default_factory=list)
    said: str | None = None
    again: int = 0
    offered: list[Choice] = Field(default_factory=list)
    yes: str | None = None
    confirming: Literal["erase", "cancel", "withdraw", "remind", "enclose"] | None = None
    adding: str | None = None
    waiting: Waiting | None = None
    doubt: Doubt | None = None
    form: Draft | None = None
    paused: Draft | None = None
    reference: str | None = None
    misses: int = 0

    def copied(self) -> "State":
        """A copy that shares nothing. By way of the schema, which takes a third of the time of a deep copy."""
        return State.model_validate(self.model_dump())


def load_state(data: dict[str, Any] | None) -> State:
    """Read a stored state of this release or an older one. Raises ValueError for a newer one."""
    if not data:
        return State()
    return State.model_validate(upgrade(data))
