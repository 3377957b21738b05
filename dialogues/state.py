"""What a conversation remembers, as versioned JSON."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from nlu.types import LanguageCode

VERSION = 1


class Draft(BaseModel):
    """A form under way or set aside.

    `slots` holds given answers (None: skipped), `awaiting` the open slot, `history` the slots answered, oldest
    first, `editing` that the open slot was reached from the review.
    """

    model_config = ConfigDict(extra="forbid")

    kind: Literal["proposal", "need"]
    slots: dict[str, Any] = Field(default_factory=dict)
    awaiting: str
    history: list[str] = Field(default_factory=list)
    selected: list[str] = Field(default_factory=list)
    editing: bool = False
    failures: int = 0
    paused_at: datetime | None = None


class Choice(BaseModel):
    """A button that was offered, so that its title can also be typed."""

    model_config = ConfigDict(extra="forbid")

    title: str
    payload: str


class State(BaseModel):
    """The dialogue's memory. `owner` decides who speaks; `topic` is what was talked about last."""

    model_config = ConfigDict(extra="forbid")

    version: int = VERSION
    language: LanguageCode | None = None
    language_chosen: bool = False
    hint: LanguageCode | None = None
    owner: Literal["assistant", "coordinator"] = "assistant"
    disclosed: bool = False
    topic: str | None = None
    offered: list[Choice] = Field(default_factory=list)
    confirming: Literal["erase", "cancel", "restart"] | None = None
    form: Draft | None = None
    paused: Draft | None = None
    reference: str | None = None
    misses: int = 0
    last_question: str = ""


def load_state(data: dict[str, Any] | None) -> State:
    """Read a stored state of any version. Unknown versions raise ValueError."""
    if not data:
        return State()
    if data.get("version") != VERSION:
        raise ValueError(f"state version {data.get('version')} is newer than this release")
    return State.model_validate(data)
