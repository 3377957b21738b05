"""What can happen to a conversation, as data. Everything from outside comes in here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dialogues.state import Attachment, State
from knowledge.search import Hit
from nlu.types import Detection, Understanding

EventKind = Literal["text", "payload", "edited", "attachment", "unsupported"]


@dataclass(frozen=True, slots=True)
class IntakeStatus:
    """An intake of this conversation, as its owner may see it."""

    reference: str
    kind: str
    status: str
    submitted_at: datetime
    claimed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One thing a person did.

    `text` is set for text and edited (and a caption of unsupported), `payload` for a pressed button,
    `detail` names the unsupported thing (sticker, photo, voice, video, document, location, contact, other) or
    why a file was not taken (file_type, file_too_large, file_empty, file_lost).
    `reference` is a fresh one, used only if this event submits an intake. `found` is what the search over
    facts gives for a text of which the understanding is unsure, likeliest first. `rated` says that the
    payload rates an answer of this conversation. `attachment` is a file that was sent, `text` what was written
    to it, and `later` says that others came with it before. `last_at` is when the person was here before,
    `reminds` whether the channel can bring a reminder. `code` is a fresh one, used only if this event asks for
    one, and `brought` the state of the conversation that a typed code opens.
    """

    kind: EventKind
    now: datetime
    text: str = ""
    payload: str = ""
    detail: str = ""
    understanding: Understanding | None = None
    detection: Detection | None = None
    reference: str = ""
    intakes: tuple[IntakeStatus, ...] = ()
    found: tuple[Hit, ...] = ()
    rated: bool = False
    attachment: Attachment | None = None
    later: bool = False
    last_at: datetime | None = None
    reminds: bool = False
    code: str = ""
    brought: State | None = None
