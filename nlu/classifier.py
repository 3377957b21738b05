"""Which intent a text has, how sure that is, and whether it is ours at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from knowledge.encoder import Vectors
from nlu.features import Features, Row
from nlu.network import Floats, Network, softmax
from nlu.types import Verdict

if TYPE_CHECKING:  # Rasa's components share this module, without the knowledge base's libraries.
    from knowledge.gazetteer import Mention

OUT_OF_SCOPE = "out-of-scope"


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
    """What the engine's verdicts hang on, chosen on questions that were not trained on.

    `temperature` divides the scores so that confidences are calibrated; `sure` is the confidence from which
    to act, `foreign` the one of the out-of-scope class from which to decline, `novelty` the confidence of the
    best intent of ours below which to decline.
    """

    temperature: float
    sure: float
    foreign: float
    novelty: float

    def verdict(self, alien: float, best: float) -> Verdict:
        """What to do about a text, by the confidence that it is out of scope and that of our best intent."""
        if alien >= self.foreign or best < self.novelty:
            return "foreign"
        return "sure" if best >= self.sure else "unsure"


@dataclass(frozen=True, slots=True)
class Classifier:
    """A fitted network and the features it goes by (see `nlu.fitting`). Read-only, safe to share between threads."""

    features: Features
    network: Network

    @property
    def intents(self) -> Sequence[str]:
        """What the columns of `scores` and `confidences` stand for."""
        return self.network.intents

    def scores(self, sample: Sample) -> Floats:
        """Uncalibrated scores, a row per text and a column per intent."""
        return self.network.scores(np.stack([self._units(*parts) for parts in _parts(self.features, sample)]))

    def confidences(self, sample: Sample, temperature: float) -> Floats:
        """Shares of 1 per text, in the order of `intents`."""
        return softmax(self.scores(sample) / temperature)

    def _units(self, text: str, centred: Vectors, mentions: Sequence[Mention]) -> NDArray[np.float32]:
        """A text's row times the hidden layer, of which only the weights of the text's n-grams are copied."""
        hidden, (columns, values) = self.network.hidden, self.features.sparse(text)
        units: NDArray[np.float32] = values @ hidden[columns]
        return units + self.features.dense(centred, mentions) @ hidden[self.features.grams :]


def rows_of(features: Features, sample: Sample) -> list[Row]:
    """The features of each text."""
    return [features.row(*parts) for parts in _parts(features, sample)]


def _parts(features: Features, sample: Sample) -> Iterator[tuple[str, Vectors, Sequence[Mention]]]:
    return zip(sample.texts, features.centred(sample.vectors), sample.mentions, strict=True)
