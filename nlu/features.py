"""What the classifier sees of a text: its meaning, its words and letters, and the names in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from knowledge.encoder import Vectors
from knowledge.script import simplified

if TYPE_CHECKING:
    from knowledge.gazetteer import Mention

MEANING_WEIGHT = 2.0
NAMES_WEIGHT = 2.0
VOCABULARY = 4_000
"""Most columns per kind of n-gram. 15,000 gained half a percent and doubled the training time."""
LETTERS = range(3, 6)

_HAN = re.compile(r"([\u3400-\u9fff])")
_WORD = re.compile(r"\w+")
_COUNTED = ("region", "province", "challenge", "domain")

Floats = NDArray[np.float32]
Row = tuple[NDArray[np.intp], Floats]
"""The columns of a text that are not zero, and their values."""


def surface(text: str) -> str:
    """The text as n-grams are taken from it: Simplified, lower case, every Han character a word."""
    return _HAN.sub(r" \1 ", simplified(text).lower())


def word_grams(surface: str) -> list[str]:
    """Words and pairs of words."""
    words = _WORD.findall(surface)
    return words + [f"{a} {b}" for a, b in pairwise(words)]


def letter_grams(surface: str) -> list[str]:
    """Runs of three to five letters within each word and its borders; Han characters are words already."""
    grams = []
    for word in _HAN.sub(" ", surface).split():
        padded = f" {word} "
        for size in LETTERS:
            grams += [padded[i : i + size] for i in range(max(len(padded) - size, 0) + 1)]
            if size >= len(padded):
                break
    return grams


GRAMS = (word_grams, letter_grams)
"""The kinds of n-grams, in the order of `Features.terms`."""


@dataclass(frozen=True, slots=True)
class Terms:
    """TF-IDF over one kind of n-gram, fitted by scikit-learn and applied without it.

    Importing scikit-learn takes a second of every start, and its transform a third of a parse.
    """

    grams: Callable[[str], list[str]]
    column: dict[str, int]
    rarity: Floats

    @classmethod
    def fit(cls, grams: Callable[[str], list[str]], surfaces: Sequence[str]) -> Terms:
        """Learn the most frequent n-grams and how rare each is."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        fitted = TfidfVectorizer(analyzer=grams, min_df=2, sublinear_tf=True, max_features=VOCABULARY).fit(surfaces)
        column = {str(gram): int(place) for gram, place in fitted.vocabulary_.items()}
        return cls(grams, column, fitted.idf_.astype(np.float32))

    def row(self, surface: str) -> Row:
        """The n-grams that are known, weighted, of length 1."""
        counts = Counter(map(self.column.get, self.grams(surface)))
        counts.pop(None, None)
        columns = np.fromiter(counts, np.intp, len(counts))
        values = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.rarity[columns]
        length = np.linalg.norm(values)
        return columns, (values / length if length else values).astype(np.float32)


class Features:
    """Rows for texts. Fitted once; afterwards read-only and safe to share between threads."""

    def __init__(self, identifiers: Sequence[str], terms: Sequence[Terms], centre: Floats) -> None:
        self.identifiers = sorted(identifiers)
        self.terms = tuple(terms)
        self.centre = centre
        self._column = {identifier: i for i, identifier in enumerate(self.identifiers)}
        self._offset = (0, *np.cumsum([len(t.column) for t in self.terms]).tolist())
        self.grams = self._offset[-1]
        self.width = self.grams + len(self.centre) + len(self._column) + len(_COUNTED) + 1

    @classmethod
    def fit(cls, identifiers: Sequence[str], texts: Sequence[str], vectors: Vectors) -> Features:
        """Learn the n-grams and the centre of the meanings. `identifiers` are the names to look out for."""
        surfaces = [surface(t) for t in texts]
        return cls(identifiers, [Terms.fit(grams, surfaces) for grams in GRAMS], vectors.mean(axis=0))

    def centred(self, vectors: Vectors) -> Vectors:
        """Sentence vectors without what all have in common, of length 1: cosines between them spread out."""
        moved = vectors - self.centre
        length = np.linalg.norm(moved, axis=1, keepdims=True)
        rows: Vectors = (moved / np.maximum(length, 1e-9)).astype(np.float32)
        return rows

    def row(self, text: str, centred: Floats, mentions: Iterable[Mention]) -> Row:
        """One text's row, from the text, its centred sentence vector and the names found in it."""
        columns, values = self.sparse(text)
        dense = self.dense(centred, mentions)
        return np.concatenate([columns, np.arange(self.grams, self.width)]), np.concatenate([values, dense])

    def sparse(self, text: str) -> Row:
        """The part of the row that the n-grams make: few of its first `grams` columns are not zero."""
        shape = surface(text)
        rows = [terms.row(shape) for terms in self.terms]
        columns = [columns + offset for (columns, _), offset in zip(rows, self._offset, strict=False)]
        return np.concatenate(columns), np.concatenate([values for _, values in rows])

    def dense(self, centred: Floats, mentions: Iterable[Mention]) -> Floats:
        """The rest of the row, every column of it: the meaning and the names."""
        return np.concatenate([centred * np.float32(MEANING_WEIGHT), self._flags(mentions)])

    def _flags(self, mentions: Iterable[Mention]) -> Floats:
        """Per identifier how surely it is named, per kind how many are, and whether none is."""
        flags = np.zeros(len(self._column) + len(_COUNTED) + 1, np.float32)
        named: dict[str, float] = {}
        for mention in mentions:
            named[mention.identifier] = max(mention.score, named.get(mention.identifier, 0.0))
        for identifier, score in named.items():
            if identifier in self._column:
                flags[self._column[identifier]] = score
        for place, kind in enumerate(_COUNTED, start=len(self._column)):
            flags[place] = min(sum(i.startswith(f"{kind}:") for i in named), 3) / 3
        flags[-1] = 0.0 if named else 0.5
        return flags * np.float32(NAMES_WEIGHT)
