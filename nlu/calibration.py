"""Whether confidences mean what they say, and what declining by them alone would cost."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import roc_curve

from nlu.classifier import OUT_OF_SCOPE
from nlu.readings import Reading, among, is_foreign

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Texts whose first reading's confidence lies in one tenth: how many, its mean, and how often it is right."""

    count: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Decline:
    """Shares declined if every text were whose best reading of ours is less confident than `threshold`."""

    threshold: float
    ours: float
    foreign: float


def reliability(readings: Sequence[Reading]) -> list[Bin]:
    """The tenths of the confidence that any text falls into, lowest first; texts without a reading are left out."""
    read = [r for r in readings if r.understanding.intents]
    confidences = np.array([r.understanding.intents[0].confidence for r in read])
    right = np.array([among(r, 1) for r in read], dtype=bool)
    place = np.minimum((confidences * BINS).astype(int), BINS - 1)
    inside = [place == number for number in range(BINS)]
    return [Bin(int(i.sum()), float(confidences[i].mean()), float(right[i].mean())) for i in inside if i.any()]


def calibration_error(bins: Sequence[Bin]) -> float:
    """The expected calibration error, 0..1: the mean gap between confidence and rightness, weighed by texts."""
    count = sum(b.count for b in bins)
    return sum(b.count * abs(b.confidence - b.right) for b in bins) / count if count else math.nan


def decline_curve(readings: Sequence[Reading]) -> list[Decline]:
    """What each threshold would decline, from nothing to everything; empty unless there are both kinds of texts.

    It shows how well confidence alone tells ours from others. An engine's verdict may weigh more than that, so its
    own shares need not lie on the curve.
    """
    foreign = [is_foreign(r) for r in readings]
    if all(foreign) or not any(foreign):
        return []
    ours_share, foreign_share, doubts = roc_curve(foreign, [_doubt(r) for r in readings])
    found = zip(doubts[1:], ours_share[1:], foreign_share[1:], strict=True)
    start = Decline(0.0, 0.0, 0.0)
    return [start, *(Decline(float(1 - doubt), float(ours), float(theirs)) for doubt, ours, theirs in found)]


def _doubt(reading: Reading) -> float:
    return 1 - max((i.confidence for i in reading.understanding.intents if i.name != OUT_OF_SCOPE), default=0.0)
