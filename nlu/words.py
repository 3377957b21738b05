"""How much likelier a word is in English than in Dutch, by its frequency in either."""

import gzip
from bisect import bisect_left
from collections.abc import Iterable
from importlib.resources import files

PART = 4
"""Letters that a part of an unknown word has at least."""
LIMIT = 4.0
"""Most, in nats, that a word or a part may count for: a borrowed noun must not outweigh the words around it."""


class WordRatios:
    """ln(P(word | English) / P(word | Dutch)) in nats, from `nlu/lexicon/words.tsv.gz` (see its head for the source).

    The lines stay as they are, sorted, and are searched: a dictionary of them would take three times the memory.
    """

    def __init__(self) -> None:
        self._lines = gzip.decompress((files("nlu") / "lexicon" / "words.tsv.gz").read_bytes()).splitlines()

    def ratio(self, word: str) -> float | None:
        """Of a word in lower case, or of the longest known parts that an unknown one begins and ends with."""
        found = self.known(word)
        if found is not None:
            return found
        beginnings = (word[:end] for end in range(len(word) - 1, PART - 1, -1))
        ends = (word[start:] for start in range(1, len(word) - PART + 1))
        parts = [part for part in (self._first(beginnings), self._first(ends)) if part is not None]
        return sum(parts) if parts else None

    def _first(self, parts: Iterable[str]) -> float | None:
        return next((ratio for ratio in map(self.known, parts) if ratio is not None), None)

    def known(self, word: str) -> float | None:
        """Of a word in lower case that stands in the list itself."""
        key = word.encode() + b"\t"
        at = bisect_left(self._lines, key)
        if at == len(self._lines) or not self._lines[at].startswith(key):
            return None
        return max(-LIMIT, min(LIMIT, float(self._lines[at][len(key) :])))
