"""The shape of a message on Telegram: its sources, its parts and its keyboard."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import InlineKeyboardButtonLimit, MessageLimit

from connectors.telegram.texts import texts
from nlu.types import LanguageCode

MAX_UNITS = int(MessageLimit.MAX_TEXT_LENGTH)
_BORDERS = ("\n\n", "\n", ". ", "。", "！", "？", " ")
THUMBS = {"up": "👍", "down": "👎"}
_RATING = re.compile(r"rate:(up|down):")
_SHORT_COLUMNS = 18
"""Two titles of this width stand next to each other on a phone."""


def body_text(body: Mapping[str, Any]) -> str:
    """The text of a message with its sources below it, as plain text."""
    lines = [
        " – ".join(part for part in (source["title"], source.get("url")) if part)
        for source in body.get("source_titles", ())
    ]
    if not lines:
        return str(body["text"])
    language: LanguageCode = body["language"]
    words = texts(language)
    label = words.source if len(lines) == 1 else words.sources
    colon = "：" if language.startswith("zh") else ": "
    listed = lines[0] if len(lines) == 1 else "\n" + "\n".join(f"• {line}" for line in lines)
    return f"{body['text']}\n\n{(label + colon).rstrip() if len(lines) > 1 else label + colon}{listed}"


def split(text: str, limit: int = MAX_UNITS) -> list[str]:
    """Cut a text into parts of at most `limit` UTF-16 units, at paragraphs, lines, sentences or words.

    Only blanks at the borders are lost.
    """
    parts = []
    rest = text.strip()
    while _units(rest) > limit:
        cut = _cut(rest, limit)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*parts, rest]


def keyboard(body: Mapping[str, Any]) -> InlineKeyboardMarkup | None:
    """Buttons in two columns when all are short, else one below the other; under an answer, a row of thumbs.

    Raises ValueError for a payload that Telegram cannot carry: the dialogue has to offer a shorter one.
    """
    keys = [InlineKeyboardButton(b["title"], callback_data=_payload(b)) for b in body.get("buttons", ())]
    columns = 2 if all(_columns(key.text) <= _SHORT_COLUMNS for key in keys) else 1
    rows = [keys[i : i + columns] for i in range(0, len(keys), columns)]
    rows += [_thumbs(body["seq"])] if _is_rated(body) else []
    return InlineKeyboardMarkup(rows) if rows else None


def thumb(payload: str) -> str | None:
    """The sign of a rating that was pressed, or None for any other payload."""
    found = _RATING.match(payload)
    return THUMBS[found[1]] if found else None


def _thumbs(seq: int) -> list[InlineKeyboardButton]:
    return [InlineKeyboardButton(sign, callback_data=f"rate:{name}:{seq}") for name, sign in THUMBS.items()]


def _is_rated(body: Mapping[str, Any]) -> bool:
    """Whether people may rate a message: an answer that is no small talk."""
    topics = body.get("topics", ())
    return body.get("kind") == "answer" and not (topics and topics[0].startswith("smalltalk:"))


def _payload(button: Mapping[str, str]) -> str:
    payload = button["payload"]
    size = len(payload.encode())
    if not 0 < size <= InlineKeyboardButtonLimit.MAX_CALLBACK_DATA:
        raise ValueError(f"a button's payload has {size} bytes; Telegram carries 1 to 64")
    return payload


def _cut(text: str, limit: int) -> int:
    window = _prefix(text, limit)
    for border in _BORDERS:
        # A border in the first half would make a needlessly short part.
        found = window.rfind(border, len(window) // 2)
        if found >= 0:
            return found + len(border)
    return len(window)


def _prefix(text: str, limit: int) -> str:
    units = 0
    for index, character in enumerate(text):
        units += _units(character)
        if units > limit:
            return text[:index]
    return text


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
