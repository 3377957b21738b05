"""Texts cut into comparable pieces: a Latin word or a single Han character, with its place in the text."""

import re
import unicodedata
from dataclasses import dataclass

from knowledge.script import simplified

_SURROGATE = re.compile("[\ud800-\udfff]")
_WORD = re.compile(r"[㐀-鿿]|[^\W_㐀-鿿]+(?:'(?!s\b)[^\W_㐀-鿿]+)*")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece in its normal form; `start` and `end` count characters of the original text."""

    form: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """Cut a text: accents, case, apostrophes and character variants no longer differ; offsets are kept."""
    normal, places = _normalised(text)
    return [
        Token(m.group().replace("'", ""), places[m.start()], places[m.end() - 1] + 1) for m in _WORD.finditer(normal)
    ]


def key(text: str) -> tuple[str, ...]:
    """The form under which two spellings count as the same name."""
    return tuple(t.form for t in tokens(text))


def _normalised(text: str) -> tuple[str, list[int]]:
    if text.isascii():
        return text.lower(), list(range(len(text)))
    text = _SURROGATE.sub(" ", text)
    converted = simplified(text)
    if len(converted) != len(text):
        converted = "".join(simplified(c)[0] for c in text)
    pieces: list[str] = []
    places: list[int] = []
    for index, character in enumerate(converted):
        plain = _plain(character)
        pieces.append(plain)
        places.extend([index] * len(plain))
    return "".join(pieces), places


def _plain(character: str) -> str:
    if character in "’‘ʼ＇`´":
        return "'"
    decomposed = unicodedata.normalize("NFKD", character).casefold()
    return "".join(c for c in decomposed if not unicodedata.combining(c))
