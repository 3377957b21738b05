"""Which intent a text has, how sure that is, and whether it is ours at all."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression

from knowledge.encoder import Vectors
from knowledge.gazetteer import Mention
from nlu.features import Features

log = logging.getLogger(__name__)

OUT_OF_SCOPE = "out-of-scope"
STRENGTH = 10.0
"""Inverse regularisation of the logistic regression; 10 and 30 are alike, 3 is a percent worse."""
FOLDS = 2
PRECISION = 0.86
"""Share of right answers that "sure" must reach on held-out texts, half of them distant ones.

On the development questions, which are nearer to people's own, this is 96 %; .92 acts on a sixth fewer."""
DECLINED = 0.03
"""Share of our own held-out texts that may be taken for foreign at most."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """Texts with all that features are made of, row by row."""

    texts: Sequence[str]
    vectors: Vectors
    mentions: Sequence[Sequence[Mention]]

    def take(self, rows: NDArray[np.intp]) -> "Sample":
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


class Classifier:
    """A fitted model. Read-only, safe to share between threads."""

    def __init__(self, sample: Sample, intents: Sequence[str], identifiers: Sequence[str]) -> None:
        self._features = Features(identifiers).fit(sample.texts, sample.vectors)
        rows = self._features.rows(sample.texts, sample.vectors, sample.mentions)
        fitted = LogisticRegression(C=STRENGTH, max_iter=100, class_weight="balanced").fit(rows, intents)
        self.intents: list[str] = [str(c) for c in fitted.classes_]
        self._weights = np.ascontiguousarray(fitted.coef_.T, dtype=np.float32)
        self._bias = fitted.intercept_.astype(np.float32)
        ours = np.array([i != OUT_OF_SCOPE for i in intents])
        self._known = self._features.centred(sample.vectors[ours])

    def scores(self, sample: Sample) -> Floats:
        """Uncalibrated scores, a row per text and a column per intent."""
        rows = self._features.rows(sample.texts, sample.vectors, sample.mentions)
        if rows.shape[0] == 1:
            row = rows.data @ self._weights[rows.indices] + self._bias
            return np.asarray(row[None], dtype=np.float64)
        return np.asarray(sparse.csr_matrix(rows) @ self._weights + self._bias, dtype=np.float64)

    def nearest(self, vectors: Vectors) -> Floats:
        """Highest cosine of each vector to one of the texts that are ours."""
        return np.asarray((self._features.centred(vectors) @ self._known.T).max(axis=1), dtype=np.float64)

    def read(self, sample: Sample, temperature: float) -> list[Reading]:
        """Confidences and likeness of each text."""
        confidences = softmax(self.scores(sample) / temperature, axis=1)
        likeness = _likeness(confidences, self.nearest(sample.vectors), self.intents)
        return [Reading(c, float(x)) for c, x in zip(confidences, likeness, strict=True)]


def choose_thresholds(sample: Sample, intents: Sequence[str], identifiers: Sequence[str]) -> Thresholds:
    """Cross-validate on the training texts.

    Half of the held-out texts are drawn at random and half are whole groups of like texts, because people's
    own words lie further from the examples than the examples from each other.
    """
    labels = np.array(intents)
    scores, nearest, truth = [], [], []
    names = sorted(set(intents))
    for number, test in enumerate(_folds(sample.vectors, labels), start=1):
        log.info("training: checking on held-out texts, %d of %d", number, 2 * FOLDS)
        train = np.flatnonzero(~test)
        model = Classifier(sample.take(train), list(labels[train]), identifiers)
        held = sample.take(np.flatnonzero(test))
        part = np.full((len(held.texts), len(names)), -1e3)
        part[:, [names.index(i) for i in model.intents]] = model.scores(held)
        scores.append(part)
        nearest.append(model.nearest(held.vectors))
        truth.append(labels[test])
    return _settle(np.vstack(scores), np.concatenate(nearest), np.concatenate(truth), names)


def _folds(vectors: Vectors, labels: NDArray[np.str_]) -> list[NDArray[np.bool_]]:
    near = np.random.default_rng(0).integers(0, 2 * FOLDS, len(labels))
    far = np.zeros(len(labels), dtype=int)
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        groups = KMeans(min(2 * FOLDS, len(rows)), n_init=1, random_state=0)
        far[rows] = groups.fit_predict(vectors[rows])
    return [fold == number for fold in (near, far) for number in range(FOLDS)]


def _settle(scores: Floats, nearest: Floats, truth: NDArray[np.str_], names: list[str]) -> Thresholds:
    columns = np.searchsorted(names, truth)
    every = np.arange(len(truth))

    def loss(temperature: float) -> float:
        return float(-log_softmax(scores / temperature, axis=1)[every, columns].mean())

    temperature = float(minimize_scalar(loss, bounds=(0.2, 5.0), method="bounded").x)
    confidences = softmax(scores / temperature, axis=1)
    likeness = _likeness(confidences, nearest, names)
    ours = truth != OUT_OF_SCOPE
    foreign, novelty = _foreign_limits(confidences, likeness, ours, names)
    right = (confidences.argmax(axis=1) == columns) & ours
    sure = _sure_limit(confidences.max(axis=1), right)
    return Thresholds(temperature, sure, foreign, novelty)


def _foreign_limits(
    confidences: Floats, likeness: Floats, ours: NDArray[np.bool_], names: list[str]
) -> tuple[float, float]:
    """The pair that finds most foreign texts while declining few of ours."""
    alien = confidences[:, names.index(OUT_OF_SCOPE)] if OUT_OF_SCOPE in names else np.zeros(len(ours))
    best = (-1.0, 1.0, 0.0)
    for foreign in np.linspace(0.2, 0.9, 29):
        for novelty in np.linspace(0.0, 0.6, 31):
            declined = (alien >= foreign) | (likeness < novelty)
            if declined[ours].mean() <= DECLINED and (~ours).any():
                best = max(best, (float(declined[~ours].mean()), float(foreign), float(novelty)))
    return best[1], best[2]


def _sure_limit(confidence: Floats, right: NDArray[np.bool_]) -> float:
    """The lowest confidence above which PRECISION of the answers are right."""
    order = np.argsort(-confidence)
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= PRECISION)
    return float(confidence[order[enough[-1]]]) if len(enough) else 1.0


def _likeness(confidences: Floats, nearest: Floats, names: Sequence[str]) -> Floats:
    """Cosine to the nearest known text, times the root of the best confidence of an intent of ours."""
    ours = [i for i, name in enumerate(names) if name != OUT_OF_SCOPE]
    return np.asarray(nearest * np.sqrt(confidences[:, ours].max(axis=1)), dtype=np.float64)
