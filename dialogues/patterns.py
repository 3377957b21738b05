"""Regular expressions for what people write into a form, as a coordinator wrote them down, in every language.

They are written in Simplified Chinese and fit Traditional as well; what they find is given as it was typed.
"""

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

from knowledge.script import simplified_in_place
from knowledge.yaml_files import parse

WORDS = ("no_name",)
"""Keys that hold plain words."""
WHOLE = (
    "replaced",
    "negated",
    "put_right",
    "stated",
    "instead",
    "added",
    "withheld",
    "upset",
    "unclear",
    "files",
    "entry",
    "bare_entry",
    "introduced_person",
    "introduced_name",
    "change",
    "change_beside_descriptions",
    "intake_withdraw",
    "intake_add",
    "intake_link",
    "intake_status",
)
"""Keys whose expressions describe a whole message, whatever its capitals."""


class Found:
    """A place of a text that an expression fits."""

    def __init__(self, text: str, match: re.Match[str]) -> None:
        self._text = text
        self._match = match

    def __getitem__(self, group: str | int) -> str:
        """What a group holds, as it was typed. A group that took no part holds nothing."""
        start, end = self._match.span(group)
        return self._text[start:end]

    def span(self, group: str | int = 0) -> tuple[int, int]:
        """Where a group stands."""
        return self._match.span(group)

    @property
    def groups(self) -> dict[str, str | None]:
        """The named groups; None for one that took no part."""
        return {name: None if held is None else self[name] for name, held in self._match.groupdict().items()}


class Patterns:
    """The expressions of a key, over all languages: an answer may come in another one than the conversation's."""

    def __init__(self, by_key: Mapping[str, list[str]]) -> None:
        self._words = {key: frozenset(by_key.get(key, ())) for key in WORDS}
        self._by_key = by_key
        self._compiled: dict[str, list[re.Pattern[str]]] = {}

    @classmethod
    def load(cls, root: Traversable | None = None) -> "Patterns":
        """Read `<language>.yml` files that map a key to its expressions."""
        root = root or files("dialogues") / "data" / "patterns"
        merged: dict[str, list[str]] = {}
        for entry in sorted(root.iterdir(), key=lambda e: e.name):
            if entry.name.endswith(".yml"):
                for key, patterns in parse(entry.read_text(encoding="utf-8")).items():
                    merged.setdefault(key, []).extend(str(p) for p in patterns)
        return cls(merged)

    def words(self, key: str) -> frozenset[str]:
        """The words of a key."""
        return self._words[key]

    def compiled(self, key: str) -> list[re.Pattern[str]]:
        """The expressions of a key, compiled when they are first needed. Raises KeyError and re.error."""
        found = self._compiled.get(key)
        if found is None:
            flags = re.IGNORECASE if key in WHOLE else 0
            found = self._compiled[key] = [re.compile(p, flags) for p in self._by_key[key]]
        return found

    def search(self, key: str, text: str) -> Iterator[Found]:
        """Every place of a text that an expression of the key fits."""
        plain = simplified_in_place(text)
        for pattern in self.compiled(key):
            yield from (Found(text, match) for match in pattern.finditer(plain))

    def between(self, key: str, text: str) -> Iterator[tuple[int, int]]:
        """Where that stands which the expressions of the key part."""
        start = 0
        for joint in sorted(joint.span() for joint in self.search(key, text)):
            if joint[0] > start:
                yield start, joint[0]
            start = max(start, joint[1])
        if start < len(text):
            yield start, len(text)

    def whole(self, key: str, text: str) -> Iterator[Found]:
        """The whole text as each expression of the key that it fits finds it."""
        plain = simplified_in_place(text)
        for pattern in self.compiled(key):
            if match := pattern.fullmatch(plain):
                yield Found(text, match)
