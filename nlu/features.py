"""What the classifier sees of a text: its meaning, its words and letters, and the names in it."""

import re
from collections.abc import Iterable, Sequence

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from knowledge.encoder import Vectors
from knowledge.gazetteer import Mention
from knowledge.script import simplified

MEANING_WEIGHT = 2.0
NAMES_WEIGHT = 2.0
VOCABULARY = 4_000
"""Most columns per kind of n-gram. 15,000 gained half a percent and doubled the training time."""

_HAN = re.compile(r"([\u3400-\u9fff])")
_COUNTED = ("region", "province", "challenge", "domain")


def surface(text: str) -> str:
    """The text as n-grams are taken from it: Simplified, lower case, every Han character a word."""
    return _HAN.sub(r" \1 ", simplified(text).lower())


class Features:
    """Rows for texts. Fitted once; afterwards read-only and safe to share between threads."""

    def __init__(self, identifiers: Sequence[str]) -> None:
        self._column = {identifier: i for i, identifier in enumerate(sorted(identifiers))}
        self._words = TfidfVectorizer(
            token_pattern=r"\w+",  # noqa: S106
            ngram_range=(1, 2),
            min_df=2,
            sublinear_tf=True,
            max_features=VOCABULARY,
            dtype=np.float32,
        )
        self._letters = TfidfVectorizer(
            analyzer="char_wb",
            ngram_range=(3, 5),
            min_df=2,
            sublinear_tf=True,
            max_features=VOCABULARY,
            dtype=np.float32,
        )
        self._centre: NDArray[np.float32] = np.zeros(1, np.float32)

    def fit(self, texts: Sequence[str], vectors: Vectors) -> "Features":
        """Learn the vocabulary and the centre of the meanings."""
        surfaces = [surface(t) for t in texts]
        self._words.fit(surfaces)
        self._letters.fit(_HAN.sub(" ", s) for s in surfaces)
        self._centre = vectors.mean(axis=0)
        return self

    def centred(self, vectors: Vectors) -> Vectors:
        """Sentence vectors without what all have in common, of length 1: cosines between them spread out."""
        moved = vectors - self._centre
        length = np.linalg.norm(moved, axis=1, keepdims=True)
        rows: Vectors = (moved / np.maximum(length, 1e-9)).astype(np.float32)
        return rows

    def rows(self, texts: Sequence[str], vectors: Vectors, mentions: Sequence[Sequence[Mention]]) -> sparse.csr_matrix:
        """One row per text, from the text, its sentence vector and the names found in it."""
        surfaces = [surface(t) for t in texts]
        return sparse.hstack(
            [
                self._words.transform(surfaces),
                self._letters.transform(_HAN.sub(" ", s) for s in surfaces),
                sparse.csr_matrix(self.centred(vectors) * np.float32(MEANING_WEIGHT)),
                sparse.csr_matrix(np.stack([self._flags(m) for m in mentions])),
            ],
            format="csr",
            dtype=np.float32,
        )

    def _flags(self, mentions: Iterable[Mention]) -> NDArray[np.float32]:
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
