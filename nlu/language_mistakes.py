"""All figures of language detection on labelled texts: scores, what is taken for what, and the time it takes."""

import math
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

import numpy as np

from nlu.language_evaluation import LanguageScores, LanguageText, evaluate_language, told
from nlu.types import Detection, LanguageDetector, LanguagePrior

_LENGTHS = {"short": 1, "mid": 2, "long": 3}


@dataclass(frozen=True, slots=True)
class LanguageConfusion:
    """Texts of `language` that were taken for `taken_for`: text and confidence, 0..1, the surest first."""

    language: str
    taken_for: str
    mistakes: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class LanguageEvaluation:
    """`scores` per language and length; `cpu_median` and `cpu_p95` in ms of the processor for a text."""

    split: str
    scores: list[LanguageScores]
    confusions: list[LanguageConfusion]
    cpu_median: float
    cpu_p95: float


@dataclass(slots=True)
class _Watched:
    """A detector whose detections and their processor time, s, are kept."""

    detector: LanguageDetector
    advance: Callable[[], None]
    detections: list[Detection] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def detect(self, text: str, prior: LanguagePrior) -> Detection:
        began = time.thread_time()
        detection = self.detector.detect(text, prior)
        self.seconds.append(time.thread_time() - began)
        self.detections.append(detection)
        self.advance()
        return detection


def language_evaluation(
    detector: LanguageDetector, split: str, texts: Sequence[LanguageText], advance: Callable[[], None] = lambda: None
) -> LanguageEvaluation:
    """All figures of texts that each open a conversation; `advance` is called after each."""
    watched = _Watched(detector, advance)
    scores = sorted(evaluate_language(watched, texts), key=lambda s: (s.language, _LENGTHS.get(s.bucket, 0), s.bucket))
    spent = [s * 1000 for s in watched.seconds]
    return LanguageEvaluation(
        split=split,
        scores=scores,
        confusions=_confusions(texts, watched.detections),
        cpu_median=median(spent) if spent else math.nan,
        cpu_p95=float(np.percentile(spent, 95)) if spent else math.nan,
    )


def _confusions(texts: Sequence[LanguageText], detections: Sequence[Detection]) -> list[LanguageConfusion]:
    pairs: dict[tuple[str, str], list[tuple[str, float]]] = defaultdict(list)
    for text, detection in zip(texts, detections, strict=True):
        if told(detection) != text.language:
            pairs[text.language, told(detection)].append((text.text, detection.confidence))
    found = [LanguageConfusion(*pair, tuple(sorted(m, key=lambda x: (-x[1], x[0])))) for pair, m in pairs.items()]
    return sorted(found, key=lambda c: (-len(c.mistakes), c.language, c.taken_for))
