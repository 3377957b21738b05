"""Which region fits a proposal, and why: from ties, from the text's likeness to a region's facts, from the wish.

A tie stated by a source weighs more than likeness, an inferred tie and a wish together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from knowledge.base import KnowledgeBase
from knowledge.encoder import Encoder, Vectors
from knowledge.model import Localized, Theme, Tie, Topic, inside_sentence

Confidence = Literal["high", "medium", "low"]

TIE_WEIGHT, TEXT_WEIGHT, WISH_WEIGHT = 0.7, 0.2, 0.1
STRENGTH = {"stated": 1.0, "inferred": 0.5}
BEST_SHARE = 0.8
"""Of the ties' weight: how much the best challenge counts; the rest is the mean over all challenges."""
UNLIKE, LIKE = 0.28, 0.65
"""Centred cosines taken for no and for full likeness: twelve off-topic texts reached 0.25, related ones 0.37-0.72."""
WORTH_TELLING = 0.25
COMMON_KINDS = ("region", "challenge", "domain", "programme")
"""Topics whose names make the middle of the space: likeness is what goes beyond all of cleantech in China."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason in words, with the keys of its sources; a wish or a lack of evidence has none."""

    text: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegionScore:
    """How well a region fits, 0..1, and how much that is worth."""

    region: str
    score: float
    confidence: Confidence
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """All regions, best first."""

    regions: tuple[RegionScore, ...]

    def as_json(self) -> dict[str, Any]:
        """The match as an intake keeps it."""
        return {
            "regions": [
                {
                    "region": r.region,
                    "score": r.score,
                    "confidence": r.confidence,
                    "reasons": [{"text": x.text, "sources": list(x.sources)} for x in r.reasons],
                }
                for r in self.regions
            ]
        }


class Matcher:
    """Matches proposals with the regions of a knowledge base. Pure: the same input gives the same match."""

    def __init__(self, kb: KnowledgeBase, encoder: Encoder, vectors: Vectors | None = None) -> None:
        """`vectors` are those of `compared(kb)`, encoded now by default."""
        self._kb = kb
        self._encoder = encoder
        self._regions = kb.of_kind("region")
        texts = compared(kb)
        known = dict(zip(texts, encoder.encode(texts) if vectors is None else vectors, strict=True))
        self._centre: Vectors = np.mean([known[name] for name in _common_names(kb)], axis=0)
        self._profiles = {
            r.id: [(t, self._centred(np.stack([known[w] for w in _wordings(t)]))) for t in r.themes]
            for r in self._regions
        }

    def match(
        self, challenges: Sequence[str], text: str, wishes: Sequence[str], language: str = "en", home: str | None = None
    ) -> Match:
        """Score every region for chosen challenges, the proposal's own words and the preferred regions.

        `home` is the region in which a partner's need lies: it comes first, whatever the evidence for others.
        Reasons are worded in `language`, any of its variants (zh-Hans) included. Identifiers that the knowledge
        base does not have are passed over.
        """
        code = language.split("-")[0]
        code = code if code in self._kb.languages else self._kb.languages[0]
        known = [c for c in dict.fromkeys(challenges) if c in self._kb]
        vector = self._centred(self._encoder.encode([text]))[0] if any(map(str.isalpha, text)) else None
        scores = [self._score(region, known, vector, region.id in wishes, code) for region in self._regions]
        scores = [self._at_home(s, code) if s.region == home else s for s in scores]
        return Match(tuple(sorted(scores, key=lambda s: -s.score)))

    def _at_home(self, score: RegionScore, code: str) -> RegionScore:
        reason = Reason(self._say("home", code, self._kb.topic(score.region)))
        return RegionScore(score.region, 1.0, "high", (reason, *score.reasons))

    def _score(
        self, region: Topic, challenges: Sequence[str], vector: Vectors | None, wished: bool, code: str
    ) -> RegionScore:
        ties = [t for c in challenges for t in self._kb.ties(challenge=c, region=region.id)]
        tied = _tie_score(ties, len(challenges))
        likeness, theme = self._likeness(region.id, vector)
        reasons = [Reason(t.text[code], t.sources) for t in _strongest_first(ties)]
        reasons += self._lack(region, challenges, ties, code)
        if theme is not None and likeness >= WORTH_TELLING:
            reasons.append(Reason(self._say("resembles", code, region, theme=theme.text[code]), theme.sources))
        if wished:
            reasons.append(Reason(self._say("wish", code, region)))
        return RegionScore(
            region=region.id,
            score=round(TIE_WEIGHT * tied + TEXT_WEIGHT * likeness + WISH_WEIGHT * wished, 3),
            confidence=_confidence(ties, len(challenges)),
            reasons=tuple(reasons),
        )

    def _lack(self, region: Topic, challenges: Sequence[str], ties: Sequence[Tie], code: str) -> list[Reason]:
        if not challenges:
            return [Reason(self._say("no_challenge", code, region))]
        nowhere = [c for c in challenges if not self._kb.ties(challenge=c)]
        elsewhere = [c for c in challenges if c not in nowhere and all(t.challenge != c for t in ties)]
        lacks = [("no_tie_anywhere", nowhere), ("no_tie_here", elsewhere)]
        return [Reason(self._say(key, code, region, self._list(names, code))) for key, names in lacks if names]

    def _say(self, key: str, code: str, region: Topic, challenges: str = "", theme: str = "") -> str:
        wording: Localized = getattr(self._kb.reasons, key)
        return wording[code].format(region=region.names[code], challenges=challenges, theme=theme)

    def _list(self, challenges: Sequence[str], code: str) -> str:
        separator = "、" if code == "zh" else ", "
        return separator.join(inside_sentence(self._kb.name(c, code)) for c in challenges)

    def _likeness(self, region: str, vector: Vectors | None) -> tuple[float, Theme | None]:
        """How much the text resembles the nearest theme of the region, 0..1, and that theme."""
        if vector is None or not self._profiles[region]:
            return 0.0, None
        cosines = [float(np.max(rows @ vector)) for _, rows in self._profiles[region]]
        best = int(np.argmax(cosines))
        share = (cosines[best] - UNLIKE) / (LIKE - UNLIKE)
        return min(1.0, max(0.0, share)), self._profiles[region][best][0]

    def _centred(self, vectors: Vectors) -> Vectors:
        rows = vectors - self._centre
        unit: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        return unit


def compared(kb: KnowledgeBase) -> list[str]:
    """The texts of a knowledge base with which proposals are compared."""
    themes = (theme for region in kb.of_kind("region") for theme in region.themes)
    return list(dict.fromkeys([*_common_names(kb), *(wording for theme in themes for wording in _wordings(theme))]))


def _common_names(kb: KnowledgeBase) -> list[str]:
    return [n for kind in COMMON_KINDS for t in kb.of_kind(kind) for n in t.names.values()] or [""]


def _wordings(theme: Theme) -> list[str]:
    return [*theme.text.values(), *(word for group in theme.near.values() for word in group)]


def _tie_score(ties: Sequence[Tie], challenges: int) -> float:
    if not ties:
        return 0.0
    strengths = [STRENGTH[t.kind] for t in ties]
    return BEST_SHARE * max(strengths) + (1 - BEST_SHARE) * sum(strengths) / challenges


def _strongest_first(ties: Sequence[Tie]) -> list[Tie]:
    return sorted(ties, key=lambda t: -STRENGTH[t.kind])


def _confidence(ties: Sequence[Tie], challenges: int) -> Confidence:
    """High needs a stated tie for half of the challenges; without a tie nothing lifts it, not a wish nor likeness."""
    stated = sum(t.kind == "stated" for t in ties)
    if stated and 2 * stated >= challenges:
        return "high"
    return "medium" if ties else "low"
