"""Likeness of texts by the words and letters they share: cosine of TF-IDF vectors, over an inverted index.

bm25s and rank-bm25 would do the same with scores that have no upper bound; they rank no better here and would be
one more dependency.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from knowledge.script import simplified

Floats = NDArray[np.float32]

LETTERS = 4
"""Length of the runs of letters. Runs of three to five rank alike and make the index three times as large."""
_HAN = re.compile(r"([\u3400-\u9fff])")
_WORD = re.compile(r"\w+")


def grams(text: str) -> list[str]:
    """Words, runs of letters within longer words, and Han characters by one and by two."""
    words = _WORD.findall(_HAN.sub(r" \1 ", simplified(text).lower()))
    found = list(words)
    found += [a + b for a, b in pairwise(words) if _HAN.match(a) and _HAN.match(b)]
    for word in words:
        padded = f" {word} "
        if len(padded) > LETTERS:
            found += [padded[i : i + LETTERS] for i in range(len(padded) - LETTERS + 1)]
    return found


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """Texts by their grams. Gram `i` stands in `texts[ends[i]:ends[i + 1]]`, with these weights."""

    column: dict[str, int]
    rarity: Floats
    ends: NDArray[np.int32]
    texts: NDArray[np.int32]
    weights: Floats
    size: int

    @classmethod
    def fit(cls, texts: Sequence[str]) -> "LexicalIndex":
        """Index the texts in their order."""
        counts = [Counter(grams(text)) for text in texts]
        column = {gram: place for place, gram in enumerate(dict.fromkeys(g for c in counts for g in c))}
        frequency = Counter(g for c in counts for g in c)
        rarity = np.array([_rarity(frequency[g], len(texts)) for g in column], np.float32)
        postings: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for number, count in enumerate(counts):
            columns = np.array([column[g] for g in count], np.intp)
            for place, weight in zip(columns, _unit(count.values(), rarity[columns]), strict=True):
                postings[int(place)].append((number, float(weight)))
        listed = [postings[place] for place in range(len(column))]
        return cls(
            column,
            rarity,
            np.cumsum([0, *map(len, listed)], dtype=np.int32),
            np.array([number for posting in listed for number, _ in posting], np.int32),
            np.array([weight for posting in listed for _, weight in posting], np.float32),
            len(texts),
        )

    def cosines(self, text: str) -> Floats:
        """Likeness to each indexed text, 0..1. Grams that none of them has make the text less like all."""
        count = Counter(grams(text))
        alike = np.zeros(self.size, np.float32)
        columns = [self.column.get(g, -1) for g in count]
        unseen = _rarity(0, self.size)
        rarity = np.array([self.rarity[c] if c >= 0 else unseen for c in columns], np.float32)
        for place, weight in zip(columns, _unit(count.values(), rarity), strict=True):
            if place >= 0:
                held = slice(self.ends[place], self.ends[place + 1])
                alike[self.texts[held]] += weight * self.weights[held]
        return alike


def _rarity(frequency: int, texts: int) -> float:
    return float(np.log((1 + texts) / (1 + frequency)) + 1)


def _unit(counts: Iterable[int], rarity: Floats) -> Floats:
    values = (1 + np.log(np.fromiter(counts, np.float32))) * rarity
    length = np.linalg.norm(values)
    return (values / length if length else values).astype(np.float32)
