"""Plain text to Slack's mrkdwn and back.

Lengths are counted in UTF-16 units of the escaped text, the strictest of the counts Slack may use.
"""

import re
from collections.abc import Mapping

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_TOKEN = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_MENTION = re.compile(r"<@([A-Z0-9]+)")


def clean(text: str) -> str:
    """Without the characters that no message can carry: control characters and lone surrogates."""
    return _UNWANTED.sub("", text.replace("\r\n", "\n"))


def escape(text: str) -> str:
    """Text that Slack shows as it was written: no link, no mention, no mass mention comes out of it."""
    return "".join(_ESCAPES.get(c, c) for c in clean(text))


def size(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) + sum(c > "\uffff" for c in text)


def fits(text: str, limit: int) -> bool:
    """Whether the escaped text stays within the limit."""
    return size(escape(text)) <= limit


def clip(text: str, limit: int) -> str:
    """Escape, and cut with an ellipsis what goes beyond the limit."""
    text = clean(text)
    if fits(text, limit):
        return escape(text)
    return escape(text[: _reach(text, 0, limit - 1)].rstrip()) + "…"


def split(text: str, limit: int) -> list[str]:
    """Escaped pieces within the limit, cut at line ends or spaces where there are any."""
    text = clean(text)
    pieces, start = [], 0
    while start < len(text):
        end = _reach(text, start, limit)
        if end < len(text):
            space = max(text.rfind("\n", start, end), text.rfind(" ", start, end)) + 1
            end = space if space > (start + end) // 2 else end
        pieces.append(escape(text[start:end]))
        start = end
    return [piece for piece in pieces if piece.strip()]


def _reach(text: str, start: int, limit: int) -> int:
    used = 0
    for position in range(start, len(text)):
        character = text[position]
        used += size(_ESCAPES.get(character, character))
        if used > limit:
            return position
    return len(text)


def mentioned(text: str) -> set[str]:
    """Ids of the users mentioned in a message of Slack."""
    return set(_MENTION.findall(text))


def plain(text: str, names: Mapping[str, str]) -> str:
    """A message of Slack as a person outside Slack should read it. `names` are those of mentioned users."""
    text = _TOKEN.sub(lambda match: _spoken(match[1], match[2], names), text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def _spoken(target: str, label: str | None, names: Mapping[str, str]) -> str:
    if target.startswith("@"):
        return "@" + names.get(target[1:], label or target[1:])
    if target.startswith("#"):
        return "#" + (label or target[1:])
    if target.startswith("!"):
        return label or "@" + target[1:].split("^")[0]
    address = target.removeprefix("mailto:").removeprefix("tel:")
    return address if not label or label in (address, target) else f"{label} ({address})"
