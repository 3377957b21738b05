"""Search over all facts in any language, by meaning and by words, for questions whose topic nobody is sure of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, log

import numpy as np

from knowledge.base import KnowledgeBase
from knowledge.encoder import Encoder, Vectors
from knowledge.lexical import Floats, LexicalIndex
from knowledge.model import Strict
from knowledge.yaml_files import parse

FLOOR = 0.003
"""Confidence given to a topic that is no reading of the question at all."""
MAX_CHARACTERS = 500
"""Of a question that are compared; the encoder reads no more either."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A fact, or a tie, as it is searched: one language, under its topic's name.

    `topics` are the topic, or of a tie the region and the challenge; a tie has no `attribute`.
    """

    topics: tuple[str, ...]
    attribute: str | None
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A topic that may be asked about, with its likeliest fact, or the tie with the topic `beside`.

    `score` is the calibrated chance, 0..1, that this topic is asked about; `sure` tells whether that is enough to
    answer. `language` is the one in which the fact was found.
    """

    topic: str
    attribute: str | None
    language: str
    score: float
    sure: bool = False
    beside: str | None = None


@dataclass(frozen=True, slots=True)
class Alike:
    """Cosines of a text's meaning and of its words with each passage."""

    meaning: Floats
    words: Floats


class Weights(Strict):
    """What the score is made of (`search.yml`).

    Topics, the question's other readings and "none of these" compete by softmax. A topic weighs the cosines of
    meaning and words with its best passage, and the logarithm of its reading's confidence; another reading that
    logarithm and `other`; none of these `none`. From `sure` on a hit is answered.
    """

    meaning: float
    words: float
    reading: float
    other: float
    none: float
    sure: float


@dataclass(frozen=True, slots=True)
class FactIndex:
    """All passages, encoded and centred. Takes a second or two to fit; read-only, and can be kept on disk."""

    passages: tuple[Passage, ...]
    centre: Vectors
    vectors: Vectors
    words: LexicalIndex

    @classmethod
    def fit(cls, passages: Sequence[Passage], encoder: Encoder) -> "FactIndex":
        """Encode and index the passages."""
        texts = [p.text for p in passages]
        vectors = encoder.encode(texts)
        centre: Vectors = vectors.mean(axis=0)
        return cls(tuple(passages), centre, _unit(vectors - centre), LexicalIndex.fit(texts))


class FactSearch:
    """Finds the facts that a question may ask for. Pure and safe to share between threads."""

    def __init__(self, index: FactIndex, encoder: Encoder, weights: Weights | None = None) -> None:
        self.weights = weights or load_weights()
        self._index = index
        self._encoder = encoder
        topics = dict.fromkeys(topic for p in index.passages for topic in p.topics)
        self._rows = {t: np.flatnonzero([t in p.topics for p in index.passages]) for t in topics}
        self._order = np.concatenate(list(self._rows.values()))
        self._starts = np.cumsum([0, *map(len, self._rows.values())])[:-1]

    def search(self, text: str, readings: Mapping[str, float], limit: int = 3) -> list[Hit]:
        """The likeliest topics, best first, each with its likeliest fact.

        `readings` are confidences from elsewhere, 0..1, under topics and other intents.
        """
        alike = self.alike(text)
        fit = self._fit(alike)
        chances = self.chances(alike, readings)
        topics = sorted(self._rows, key=lambda t: -chances[t])[:limit]
        return [self._hit(topic, fit, chances[topic]) for topic in topics]

    def alike(self, text: str) -> Alike:
        """How each passage of the index resembles a text."""
        vector = _unit(self._encoder.encode([text]) - self._index.centre)[0]
        return Alike(self._index.vectors @ vector, self._index.words.cosines(text[:MAX_CHARACTERS]))

    def chances(self, alike: Alike, readings: Mapping[str, float]) -> dict[str, float]:
        """The chance of each topic and other reading; what lacks to 1 is the chance of none of these."""
        weights = self.weights
        best = np.maximum.reduceat(self._fit(alike)[self._order], self._starts)
        weighed = dict(zip(self._rows, best.tolist(), strict=True))
        for name in self._rows.keys() | readings.keys():
            confidence = max(readings.get(name, 0.0), FLOOR)
            weighed[name] = weighed.get(name, weights.other) + weights.reading * log(confidence)
        top = max(*weighed.values(), weights.none)
        raised = {name: exp(weight - top) for name, weight in weighed.items()}
        total = sum(raised.values()) + exp(weights.none - top)
        return {name: value / total for name, value in raised.items()}

    def _fit(self, alike: Alike) -> Floats:
        return alike.meaning * np.float32(self.weights.meaning) + alike.words * np.float32(self.weights.words)

    def _hit(self, topic: str, fit: Floats, chance: float) -> Hit:
        rows = self._rows[topic]
        passage = self._index.passages[rows[int(np.argmax(fit[rows]))]]
        beside = next((t for t in passage.topics if t != topic), None)
        return Hit(topic, passage.attribute, passage.language, round(chance, 4), chance >= self.weights.sure, beside)


def passages(kb: KnowledgeBase) -> Iterator[Passage]:
    """Every fact that a source tells and every tie, in all languages. What no source tells is not found."""
    for topic in kb.topics.values():
        for fact in topic.facts if topic.kind != "unknown" else ():
            for language, text in fact.text.items():
                yield Passage((topic.id,), fact.attribute, language, f"{topic.names[language]}: {text}")
    for tie in kb.ties():
        for language, text in tie.text.items():
            name = kb.name(tie.challenge, language)
            yield Passage((tie.region, tie.challenge), None, language, f"{name}: {text}")


@cache
def load_weights() -> Weights:
    """The weights that were fitted."""
    return Weights.model_validate(parse((files("knowledge") / "search.yml").read_text(encoding="utf-8")))


def _unit(rows: Vectors) -> Vectors:
    unit: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return unit
