"""Which topics are told well, and which are taken for which others."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sklearn.metrics import precision_recall_fscore_support

from nlu.readings import Reading, first
from nlu.types import Verdict


@dataclass(frozen=True, slots=True)
class TopicScores:
    """One topic's shares, 0..1, over its `count` texts; `f1_by_language` has those languages that ask for it."""

    topic: str
    count: int
    precision: float
    recall: float
    f1: float
    f1_by_language: dict[str, float]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A text that was read wrongly, with the confidence of what it was taken for, 0..1."""

    text: str
    language: str
    verdict: Verdict
    confidence: float


@dataclass(frozen=True, slots=True)
class Confusion:
    """Texts of `topic` that were taken for `taken_for`, the surest first."""

    topic: str
    taken_for: str
    mistakes: tuple[Mistake, ...]


def topics(readings: Sequence[Reading]) -> list[TopicScores]:
    """The topics of the texts, the worst first."""
    languages = sorted({r.example.language for r in readings})
    together = _figures(readings)
    apart = {c: _figures([r for r in readings if r.example.language == c]) for c in languages}
    found = [
        TopicScores(
            topic, count, precision, recall, f1, {c: apart[c][topic][2] for c in languages if topic in apart[c]}
        )
        for topic, (precision, recall, f1, count) in together.items()
    ]
    return sorted(found, key=lambda t: (t.f1, t.topic))


def confusions(readings: Sequence[Reading]) -> list[Confusion]:
    """All pairs of a topic and what its texts were taken for, the most frequent first."""
    pairs: dict[tuple[str, str], list[Mistake]] = defaultdict(list)
    for reading in readings:
        taken_for = first(reading)
        if taken_for != reading.example.intent:
            pairs[reading.example.intent, taken_for].append(_mistake(reading))
    found = [Confusion(*pair, tuple(sorted(m, key=lambda x: (-x.confidence, x.text)))) for pair, m in pairs.items()]
    return sorted(found, key=lambda c: (-len(c.mistakes), c.topic, c.taken_for))


def _figures(readings: Sequence[Reading]) -> dict[str, tuple[float, float, float, int]]:
    wanted, told = [r.example.intent for r in readings], [first(r) for r in readings]
    labels = sorted(set(wanted))
    if not labels:
        return {}
    figures = precision_recall_fscore_support(wanted, told, labels=labels, zero_division=0)
    return {label: (float(p), float(r), float(f), int(n)) for label, p, r, f, n in zip(labels, *figures, strict=True)}


def _mistake(reading: Reading) -> Mistake:
    example, read = reading.example, reading.understanding
    confidence = read.intents[0].confidence if read.intents else 0.0
    return Mistake(example.text, example.language, read.verdict, confidence)
