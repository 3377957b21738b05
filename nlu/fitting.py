"""Fitting the classifier and choosing its thresholds. Imported only to train: scikit-learn takes a second to load."""

import math
import warnings
from collections.abc import Callable, Sequence

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from nlu.classifier import OUT_OF_SCOPE, Classifier, Sample, Thresholds, rows_of
from nlu.features import Features
from nlu.network import Floats, Network, softmax

UNITS = 256
"""Of the hidden layer; 128 get half a percent fewer right, 512 take three times as long for nothing."""
EPOCHS = 8
UPDATES = 700
"""Of the weights at least, so that a few hundred examples are learnt as well."""
BATCH = 256
HELD_OUT = 0.1
"""Share of the examples kept for the thresholds where no questions were written apart."""
MISTAKEN = 0.02
"""Share of our own questions that may be acted upon wrongly at most; the others are asked back."""
DECLINED = 0.004
"""Share of our own questions that may be taken for foreign at most; .01 finds four percent more foreign ones."""

Accepts = Callable[[NDArray[np.bool_]], bool]


def fit(sample: Sample, intents: Sequence[str], identifiers: Sequence[str]) -> Classifier:
    """Fit a classifier on labelled texts."""
    features = Features.fit(identifiers, sample.texts, sample.vectors)
    return Classifier(features, fit_network(_matrix(features, sample), intents))


def fit_network(rows: sparse.csr_matrix, intents: Sequence[str]) -> Network:
    """Fit a network on rows of features."""
    batch = min(BATCH, max(16, len(intents) // 64))
    rounds = max(EPOCHS, math.ceil(UPDATES * batch / len(intents)))
    network = MLPClassifier((UNITS,), batch_size=batch, max_iter=rounds, n_iter_no_change=rounds, random_state=0)
    with warnings.catch_warnings():
        # Stopped early on purpose: further rounds learn the examples by heart.
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(rows, np.array(intents))
    (hidden, outer), (hidden_bias, outer_bias) = network.coefs_, network.intercepts_
    named = [str(c) for c in network.classes_]
    if outer.shape[1] < len(named):  # of two intents scikit-learn scores the second alone
        outer, outer_bias = np.hstack([-outer, outer]) / 2, np.hstack([-outer_bias, outer_bias]) / 2
    arrays = (np.ascontiguousarray(a, dtype=np.float32) for a in (hidden, hidden_bias, outer, outer_bias))
    return Network(named, *arrays)


def _matrix(features: Features, sample: Sample) -> sparse.csr_matrix:
    rows = rows_of(features, sample)
    ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    columns, values = (np.concatenate(part) for part in zip(*rows, strict=True))
    return sparse.csr_matrix((values, columns, ends), shape=(len(rows), features.width))


def hold_out(intents: Sequence[str]) -> NDArray[np.bool_]:
    """Which examples to keep for the thresholds: every tenth of each intent."""
    seen: dict[str, int] = {}
    held = []
    for intent in intents:
        seen[intent] = seen.get(intent, 0) + 1
        held.append(seen[intent] % round(1 / HELD_OUT) == 0)
    return np.array(held)


def choose_thresholds(classifier: Classifier, sample: Sample, intents: Sequence[str]) -> Thresholds:
    """The thresholds that suit labelled texts which the classifier has not seen; it knows all their intents."""
    return settle(classifier.scores(sample), np.array(intents), classifier.intents)


def settle(scores: Floats, truth: NDArray[np.str_], names: Sequence[str]) -> Thresholds:
    """The thresholds for scores by intent in the order of `names`, and the right intents."""
    columns = np.array([names.index(t) for t in truth])
    every = np.arange(len(truth))

    def loss(temperature: float) -> float:
        return float(-log_softmax(scores / temperature, axis=1)[every, columns].mean())

    temperature = float(minimize_scalar(loss, bounds=(0.2, 5.0), method="bounded").x)
    confidences = softmax(scores / temperature)
    alien, best, first = _readings(confidences, names)
    ours = truth != OUT_OF_SCOPE
    foreign, novelty = foreign_limits(alien, best, ours, lambda declined: bool(declined[ours].mean() <= DECLINED))
    kept = ours & ~((alien >= foreign) | (best < novelty))
    sure = _sure_limit(best[kept], (first == columns)[kept], int(ours.sum()))
    return Thresholds(temperature, sure, foreign, novelty)


def _readings(confidences: Floats, names: Sequence[str]) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """The confidence of the out-of-scope class, that of the best intent of ours, and which this is."""
    own = confidences.copy()
    alien = np.zeros(len(own))
    if OUT_OF_SCOPE in names:
        alien = own[:, names.index(OUT_OF_SCOPE)].copy()
        own[:, names.index(OUT_OF_SCOPE)] = 0
    return alien, own.max(axis=1), own.argmax(axis=1)


def foreign_limits(alien: Floats, best: Floats, ours: NDArray[np.bool_], accepts: Accepts) -> tuple[float, float]:
    """The pair of limits that finds most foreign texts, among those whose declined texts are accepted."""
    found = (-1.0, 1.0, 0.0)
    if ours.all():
        return found[1:]
    for foreign in np.linspace(0.1, 0.95, 35):
        for novelty in np.linspace(0.0, 0.5, 26):
            declined = (alien >= foreign) | (best < novelty)
            if accepts(declined):
                found = max(found, (float(declined[~ours].mean()), float(foreign), float(-novelty)))
    return found[1], -found[2]


def _sure_limit(confidence: Floats, right: NDArray[np.bool_], count: int) -> float:
    """The lowest confidence above which no more than MISTAKEN of `count` questions are answered wrongly."""
    order = np.argsort(-confidence)
    wrong = np.cumsum(~right[order]) / max(count, 1)
    enough = np.flatnonzero(wrong <= MISTAKEN)
    return float(confidence[order[enough[-1]]]) if len(enough) else 1.0
