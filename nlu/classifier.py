"""Which intent a text has, how sure that is, and whether it is ours at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from knowledge.encoder import Vectors
from nlu.features import Features, Row

if TYPE_CHECKING:  # Rasa's components share this module, without the knowledge base's libraries.
    from knowledge.gazetteer import Mention

OUT_OF_SCOPE = "out-of-scope"

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """Texts with all that features are made of, row by row."""

    texts: Sequence[str]
    vectors: Vectors
    mentions: Sequence[Sequence[Mention]]

    def take(self, rows: NDArray[np.intp]) -> Sample:
        """The chosen rows."""
        return Sample([self.texts[i] for i in rows], self.vectors[rows], [self.mentions[i] for i in rows])


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What the engine's verdicts hang on, chosen on held-out training texts.

    `temperature` divides the scores so that confidences are calibrated; `sure` is the confidence from which
    to act, `foreign` the one of the out-of-scope class from which to decline, `novelty` the likeness to
    known texts below which to decline.
    """

    temperature: float
    sure: float
    foreign: float
    novelty: float


@dataclass(frozen=True, slots=True)
class Reading:
    """The intents' confidences, in the order of `Classifier.intents`, and the likeness to known texts."""

    confidences: Floats
    likeness: float


@dataclass(frozen=True, slots=True)
class Classifier:
    """A fitted model (see `nlu.fitting`). Read-only, safe to share between threads.

    `weights` has a row per feature and a column per intent, `known` the centred vectors of our own texts.
    """

    features: Features
    intents: list[str]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    known: Vectors

    def scores(self, sample: Sample) -> Floats:
        """Uncalibrated scores, a row per text and a column per intent."""
        rows = [values @ self.weights[columns] + self.bias for columns, values in rows_of(self.features, sample)]
        return np.asarray(rows, dtype=np.float64)

    def nearest(self, vectors: Vectors) -> Floats:
        """Highest cosine of each vector to one of the texts that are ours."""
        return np.asarray((self.features.centred(vectors) @ self.known.T).max(axis=1), dtype=np.float64)

    def read(self, sample: Sample, temperature: float) -> list[Reading]:
        """Confidences and likeness of each text."""
        confidences = softmax(self.scores(sample) / temperature)
        alike = likeness(confidences, self.nearest(sample.vectors), self.intents)
        return [Reading(c, float(x)) for c, x in zip(confidences, alike, strict=True)]


def rows_of(features: Features, sample: Sample) -> list[Row]:
    """The features of each text."""
    centred = features.centred(sample.vectors)
    return [features.row(*parts) for parts in zip(sample.texts, centred, sample.mentions, strict=True)]


def softmax(scores: Floats) -> Floats:
    """Shares of 1 per row."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def likeness(confidences: Floats, nearest: Floats, names: Sequence[str]) -> Floats:
    """Cosine to the nearest known text, times the root of the best confidence of an intent of ours."""
    ours = [i for i, name in enumerate(names) if name != OUT_OF_SCOPE]
    return np.asarray(nearest * np.sqrt(confidences[:, ours].max(axis=1)), dtype=np.float64)
