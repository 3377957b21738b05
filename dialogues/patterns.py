"""Regular expressions for what people write into a form, as a coordinator wrote them down, in every language."""

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

import yaml

WORDS = ("no_name",)
"""Keys that hold plain words."""
WHOLE = ("replaced", "negated", "put_right", "stated", "instead", "added")
"""Keys whose expressions describe a whole message, whatever its capitals."""


class Patterns:
    """The expressions of a key, over all languages: an answer may come in another one than the conversation's."""

    def __init__(self, by_key: Mapping[str, list[str]]) -> None:
        self._words = {key: frozenset(by_key.get(key, ())) for key in WORDS}
        self._compiled = {
            key: [re.compile(p, re.IGNORECASE if key in WHOLE else 0) for p in patterns]
            for key, patterns in by_key.items()
            if key not in WORDS
        }

    @classmethod
    def load(cls, root: Traversable | None = None) -> "Patterns":
        """Read `<language>.yml` files that map a key to its expressions. Raises re.error."""
        root = root or files("dialogues") / "data" / "patterns"
        merged: dict[str, list[str]] = {}
        for entry in sorted(root.iterdir(), key=lambda e: e.name):
            if entry.name.endswith(".yml"):
                for key, patterns in yaml.safe_load(entry.read_text(encoding="utf-8")).items():
                    merged.setdefault(key, []).extend(str(p) for p in patterns)
        return cls(merged)

    def words(self, key: str) -> frozenset[str]:
        """The words of a key."""
        return self._words[key]

    def search(self, key: str, text: str) -> Iterator[re.Match[str]]:
        """Every place of a text that an expression of the key fits."""
        for pattern in self._compiled[key]:
            yield from pattern.finditer(text)

    def whole(self, key: str, text: str) -> Iterator[dict[str, str]]:
        """The groups of each expression of the key that the whole text fits."""
        for pattern in self._compiled[key]:
            if found := pattern.fullmatch(text):
                yield found.groupdict()
