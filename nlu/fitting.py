"""Fitting the classifier and choosing its thresholds. Imported only to train: scikit-learn takes a second to load."""

import logging
from collections.abc import Sequence

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression

from knowledge.encoder import Vectors
from nlu.classifier import OUT_OF_SCOPE, Classifier, Floats, Sample, Thresholds, likeness, rows_of, softmax
from nlu.features import Features

log = logging.getLogger(__name__)

STRENGTH = 10.0
"""Inverse regularisation of the logistic regression; 10 and 30 are alike, 3 is a percent worse."""
FOLDS = 2
PRECISION = 0.86
"""Share of right answers that "sure" must reach on held-out texts, half of them distant ones.

On the development questions, which are nearer to people's own, this is 96 %; .92 acts on a sixth fewer."""
DECLINED = 0.03
"""Share of our own held-out texts that may be taken for foreign at most."""


def fit(sample: Sample, intents: Sequence[str], identifiers: Sequence[str]) -> Classifier:
    """Fit a classifier on labelled texts."""
    features = Features(identifiers, sample.texts, sample.vectors)
    fitted = LogisticRegression(C=STRENGTH, max_iter=100, class_weight="balanced").fit(
        _matrix(features, sample), intents
    )
    ours = np.array([i != OUT_OF_SCOPE for i in intents])
    return Classifier(
        features=features,
        intents=[str(c) for c in fitted.classes_],
        weights=np.ascontiguousarray(fitted.coef_.T, dtype=np.float32),
        bias=fitted.intercept_.astype(np.float32),
        known=features.centred(sample.vectors[ours]),
    )


def _matrix(features: Features, sample: Sample) -> sparse.csr_matrix:
    rows = rows_of(features, sample)
    ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    columns, values = (np.concatenate(part) for part in zip(*rows, strict=True))
    return sparse.csr_matrix((values, columns, ends), shape=(len(rows), features.width))


def choose_thresholds(sample: Sample, intents: Sequence[str], identifiers: Sequence[str]) -> Thresholds:
    """Cross-validate on the training texts.

    Half of the held-out texts are drawn at random and half are whole groups of like texts, because people's
    own words lie further from the examples than the examples from each other.
    """
    labels = np.array(intents)
    scores, nearest, truth = [], [], []
    names = sorted(set(intents))
    for number, test in enumerate(folds(sample.vectors, labels), start=1):
        log.info("training: checking on held-out texts, %d of %d", number, 2 * FOLDS)
        train = np.flatnonzero(~test)
        model = fit(sample.take(train), list(labels[train]), identifiers)
        held = sample.take(np.flatnonzero(test))
        part = np.full((len(held.texts), len(names)), -1e3)
        part[:, [names.index(i) for i in model.intents]] = model.scores(held)
        scores.append(part)
        nearest.append(model.nearest(held.vectors))
        truth.append(labels[test])
    return settle(np.vstack(scores), np.concatenate(nearest), np.concatenate(truth), names)


def folds(vectors: Vectors, labels: NDArray[np.str_]) -> list[NDArray[np.bool_]]:
    """Which rows each fold holds out: first at random, then whole groups of like texts."""
    near = np.random.default_rng(0).integers(0, 2 * FOLDS, len(labels))
    far = np.zeros(len(labels), dtype=int)
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        groups = KMeans(min(2 * FOLDS, len(rows)), n_init=1, random_state=0)
        far[rows] = groups.fit_predict(vectors[rows])
    return [fold == number for fold in (near, far) for number in range(FOLDS)]


def settle(scores: Floats, nearest: Floats, truth: NDArray[np.str_], names: list[str]) -> Thresholds:
    """The thresholds that suit held-out texts: scores by intent in the order of `names`, likeness to known texts."""
    columns = np.searchsorted(names, truth)
    every = np.arange(len(truth))

    def loss(temperature: float) -> float:
        return float(-log_softmax(scores / temperature, axis=1)[every, columns].mean())

    temperature = float(minimize_scalar(loss, bounds=(0.2, 5.0), method="bounded").x)
    confidences = softmax(scores / temperature)
    alike = likeness(confidences, nearest, names)
    ours = truth != OUT_OF_SCOPE
    foreign, novelty = _foreign_limits(confidences, alike, ours, names)
    right = (confidences.argmax(axis=1) == columns) & ours
    sure = _sure_limit(confidences.max(axis=1), right)
    return Thresholds(temperature, sure, foreign, novelty)


def _foreign_limits(
    confidences: Floats, alike: Floats, ours: NDArray[np.bool_], names: list[str]
) -> tuple[float, float]:
    """The pair that finds most foreign texts while declining few of ours."""
    alien = confidences[:, names.index(OUT_OF_SCOPE)] if OUT_OF_SCOPE in names else np.zeros(len(ours))
    best = (-1.0, 1.0, 0.0)
    for foreign in np.linspace(0.2, 0.9, 29):
        for novelty in np.linspace(0.0, 0.6, 31):
            declined = (alien >= foreign) | (alike < novelty)
            if declined[ours].mean() <= DECLINED and (~ours).any():
                best = max(best, (float(declined[~ours].mean()), float(foreign), float(novelty)))
    return best[1], best[2]


def _sure_limit(confidence: Floats, right: NDArray[np.bool_]) -> float:
    """The lowest confidence above which PRECISION of the answers are right."""
    order = np.argsort(-confidence)
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= PRECISION)
    return float(confidence[order[enough[-1]]]) if len(enough) else 1.0
