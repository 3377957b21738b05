"""The card of a handoff, as Block Kit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from bot.ports import Json
from connectors.slack.labels import Labels
from connectors.slack.mrkdwn import clip, escape, fits, split
from connectors.slack.wording import Names, Wording

CLAIM, RELEASE = "claim", "release"
TEXT_LIMIT, FIELD_LIMIT, HEADER_LIMIT, FIELDS_LIMIT = 3000, 2000, 150, 10
MESSAGE_LIMIT = 3500
"""Characters of a message without blocks; Slack advises to stay below 4000."""
_REASONS_SHOWN = 10
_REGIONS_SHOWN = 10

_SHORT: Mapping[str, tuple[str, ...]] = {
    "proposal": (
        "company_name",
        "contact_name",
        "contact_email",
        "province",
        "collaboration_mode",
        "consortium_role",
        "preferred_regions",
        "consent",
    ),
    "need": ("organisation", "contact_name", "contact_email", "region", "scale", "consent"),
}
_LONG: Mapping[str, tuple[str, ...]] = {
    "proposal": ("challenges", "solution", "track_record", "consortium_note"),
    "need": ("challenges", "need"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """A message for Slack: its blocks, the text for notifications, and what had to be cut, in pieces."""

    blocks: tuple[Json, ...]
    text: str
    overflow: tuple[str, ...]


def build_card(body: Mapping[str, Any], names: Names, labels: Labels) -> Card:
    """The card of a delivery's body (see `bot.ports.Delivery`).

    What was chosen stands there in English, beside it in the person's language; what was written stays as it is.
    """
    return _CardBuilder(body, names, labels).build()


class _CardBuilder:
    def __init__(self, body: Mapping[str, Any], names: Names, labels: Labels) -> None:
        self._body = body
        self._labels = labels
        self._texts = labels.texts
        self._intake: Mapping[str, Any] = body.get("intake") or {}
        self._wording = Wording(names, labels, self._intake.get("language") or body["conversation"]["language"])
        self._blocks: list[Block] = []
        self._overflow: list[str] = []

    def build(self) -> Card:
        title = self._title()
        self._blocks.append(HeaderBlock(text=PlainTextObject(text=clip(title, HEADER_LIMIT), emoji=False)))
        if self._body.get("text"):
            self._section(self._texts["their_words"], str(self._body["text"]))
        self._slots()
        if self._intake.get("kind") == "proposal":
            self._match()
        self._blocks.append(DividerBlock())
        self._status()
        self._blocks.append(self._actions())
        self._context()
        return Card(tuple(b.to_dict() for b in self._blocks), clip(title, 300), tuple(self._overflow))

    def _title(self) -> str:
        if self._body["reason"] == "person":
            what = self._texts["wants_person"]
        else:
            what = self._texts[f"new_{self._intake['kind']}"]
        slots = self._intake.get("slots") or {}
        who = slots.get("company_name") or slots.get("organisation")
        return " · ".join(str(part) for part in (what, self._intake.get("reference"), who) if part)

    def _slots(self) -> None:
        slots = dict(self._intake.get("slots") or {})
        kind = str(self._intake.get("kind", ""))
        long = [(key, slots.pop(key)) for key in _LONG.get(kind, ()) if key in slots]
        ordered = [key for key in _SHORT.get(kind, ()) if key in slots]
        ordered += [key for key in slots if key not in ordered]
        fields = [(self._wording.title(key, slots[key]), self._wording.value(key, slots[key])) for key in ordered]
        conversation = self._body["conversation"]
        language, channel = str(conversation["language"]), str(conversation["channel"])
        fields.append((self._texts["language"], self._labels.languages.get(language, language)))
        fields.append((self._texts["channel"], self._labels.channels.get(channel, channel)))
        if links := self._intake.get("links"):
            fields.append((self._texts["together_with"], ", ".join(links)))
        self._fields(fields)
        for key, value in long:
            self._section(self._wording.title(key, value), self._wording.value(key, value, separator="\n• "))

    def _match(self) -> None:
        regions: Sequence[Mapping[str, Any]] = (self._intake.get("match") or {}).get("regions") or []
        if not regions:
            self._section(self._texts["match"], self._texts["no_match"])
            return
        for rank, region in enumerate(regions[:_REGIONS_SHOWN], start=1):
            name = f"{rank}. {self._wording.name(str(region['region']))}"
            title = f"{self._texts['match']}: {name}" if rank == 1 else name
            self._section(title, self._reasons(region))

    def _reasons(self, region: Mapping[str, Any]) -> str:
        texts = self._texts
        measures = [
            f"{texts[key]} {self._wording.measure(region[key])}" for key in ("confidence", "score") if key in region
        ]
        lines = [", ".join(measures)]
        reasons = (region.get("reasons") or [])[:_REASONS_SHOWN]
        for reason in reasons:
            sources = ", ".join(reason.get("sources") or ())
            lines.append(f"• {reason['text']}" + (f" ({texts['sources']}: {sources})" if sources else ""))
        return "\n".join(lines if reasons else [*lines, texts["no_reasons"]])

    def _status(self) -> None:
        claimed_by = self._body.get("claimed_by")
        status = f"{self._texts['claimed_by']} {claimed_by}" if claimed_by else self._texts["unclaimed"]
        if self._intake.get("status") == "withdrawn":
            status = f"{self._texts['taken_back']} {status}" if claimed_by else self._texts["taken_back"]
        self._blocks.append(SectionBlock(text=_markdown(f"*{clip(status, 500)}*")))

    def _actions(self) -> ActionsBlock:
        claimed = bool(self._body.get("claimed_by"))
        button = ButtonElement(
            text=PlainTextObject(text=self._texts["hand_back" if claimed else "claim"], emoji=False),
            action_id=RELEASE if claimed else CLAIM,
            value=str(self._body["handoff_id"]),
            style=None if claimed else "primary",
        )
        return ActionsBlock(block_id="handoff", elements=[button])

    def _context(self) -> None:
        parts = [slack_time(str(self._body["created_at"]))]
        if reference := self._intake.get("reference"):
            parts.append(escape(f"{self._texts['reference']} {reference}"))
        if status := self._intake.get("status"):
            shown = self._labels.statuses.get(str(status), str(status))
            parts.append(f"{self._texts['status']} {clip(shown, 100)}")
        elements = [_markdown(" · ".join(parts)), _markdown(escape(self._texts["how_to"]))]
        self._blocks.append(ContextBlock(elements=elements))

    def _fields(self, fields: Sequence[tuple[str, str]]) -> None:
        shown = [_markdown(self._titled(title, value, FIELD_LIMIT)) for title, value in fields]
        for start in range(0, len(shown), FIELDS_LIMIT):
            self._blocks.append(SectionBlock(fields=shown[start : start + FIELDS_LIMIT]))

    def _section(self, title: str, value: str) -> None:
        self._blocks.append(SectionBlock(text=_markdown(self._titled(title, value, TEXT_LIMIT))))

    def _titled(self, title: str, value: str, limit: int) -> str:
        head = f"*{clip(title, 200)}*\n"
        room = limit - len(head)
        if not fits(value, room):
            lead = f"*{clip(title, 200)}* ({self._texts['full_text']})\n"
            self._overflow += [lead + piece for piece in split(value, MESSAGE_LIMIT - len(lead))]
        return head + clip(value, room)


def slack_time(moment: str) -> str:
    """A time of ours in the reader's own time zone. `moment` is ISO 8601, with a zone."""
    at = datetime.fromisoformat(moment)
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M %Z}>"


def _markdown(text: str) -> MarkdownTextObject:
    return MarkdownTextObject(text=text, verbatim=True)
