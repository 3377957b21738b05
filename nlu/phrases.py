"""Finding listed phrases in a text: whole words in Latin script, anywhere in Chinese."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.script import simplified

_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase of the list found at a place, with what the list says it stands for."""

    value: str
    start: int
    end: int


def plain(text: str) -> str:
    """Lower case, Simplified, straight apostrophes; as long as the text, so that places stay right."""
    changed = simplified(text)
    changed = changed if len(changed) == len(text) else text
    lowered = changed.lower()
    if len(lowered) != len(changed):  # İ becomes two
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in changed)
    return lowered.replace("’", "'")


class Phrases:
    """A compiled list. Of phrases that overlap, the first and then the longest is found."""

    def __init__(self, listed: Mapping[str, Iterable[str]]) -> None:
        self._values = {plain(str(p)).rstrip("*"): str(value) for value, phrases in listed.items() for p in phrases}
        wild = {plain(str(p))[:-1] for phrases in listed.values() for p in phrases if str(p).endswith("*")}
        self._pattern = _pattern(sorted(self._values, key=len, reverse=True), wild)
        self._wild = sorted(wild, key=len, reverse=True)

    def find(self, text: str) -> list[Hit]:
        """All hits, in the order of the text, which is as `plain` gives it."""
        return [Hit(self._value(m.group()), m.start(), m.end()) for m in self._pattern.finditer(text)]

    def whole(self, text: str) -> str | None:
        """What the text, which is as `plain` gives it, stands for when it is one phrase of the list alone."""
        return self._values.get(text.strip(" .!,;:。！，；：\"'?？"))

    def _value(self, found: str) -> str:
        found = " ".join(found.split())
        if found in self._values:
            return self._values[found]
        return next(self._values[stem] for stem in self._wild if found.startswith(stem))


def _pattern(phrases: Sequence[str], wild: Collection[str]) -> re.Pattern[str]:
    """The longest stand first. One look at the word's border does for all: most places are within words."""
    han = [re.escape(p) for p in phrases if _HAN.search(p)]
    latin = [
        re.escape(p).replace(r"\ ", r"\s+") + (r"\w*" if p in wild else r"(?!\w)")
        for p in phrases
        if not _HAN.search(p)
    ]
    return re.compile("|".join([*han, rf"(?<!\w)(?:{'|'.join(latin) or '(?!)'})"]))


def by_value(listed: Mapping[object, Mapping[str, Iterable[str]]]) -> dict[str, list[str]]:
    """{value: {language: phrases}} without the languages."""
    return {str(value): [str(p) for ps in phrases.values() for p in ps] for value, phrases in listed.items()}
