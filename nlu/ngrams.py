"""Likelihood of Latin-script languages: langdetect's character profiles, without its dice, and words."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import stopwordsiso
from langdetect.detector import Detector as LangdetectDetector
from langdetect.detector_factory import DetectorFactory

from nlu.resources import lexicon
from nlu.words import WordRatios

SERVED = ("en", "nl")
REJECTED = ("fr", "de", "es", "it", "pt", "pl")
"""Known only so that they can be told from the served ones: without them French counts as English."""
LANGUAGES = SERVED + REJECTED

WORD_WEIGHT = 6.0
"""Nats that a word of one language's list alone is worth when a foreign language is told from the served ones."""
LETTERS = 0.2
"""Weight of the letters of a word without known parts: n-grams that overlap are not independent."""
LISTED = 2.0
"""Nats that a function word or a word of the field is worth in addition: other words are borrowed more often."""
CLEAR = 2.0
"""Nats from which a word belongs to one of the served languages rather than the other."""
SHARPNESS = 0.6
"""Slope from nats to probability, fitted to texts of 1–3 words: the words of a text are not independent."""


class _EveryGram(LangdetectDetector):  # type: ignore[misc]
    """langdetect's detector, summing over all n-grams where the original draws some at random."""

    def log_likelihood(self) -> list[float]:
        smoothing = self.alpha / self.BASE_FREQ
        shares = np.array([self.word_lang_prob_map[gram] for gram in self._extract_ngrams()])
        logarithms: list[float] = np.log(smoothing + shares.reshape(-1, len(self.langlist))).sum(axis=0).tolist()
        return logarithms


class _Factory(DetectorFactory):  # type: ignore[misc]
    def _create_detector(self) -> _EveryGram:
        return _EveryGram(self)


def _factory() -> _Factory:
    profiles = files("langdetect") / "profiles"
    factory = _Factory()
    factory.load_json_profile([(profiles / code).read_text(encoding="utf-8") for code in LANGUAGES])
    return factory


def _word_lists() -> dict[str, frozenset[str]]:
    chat = lexicon("language")["chat"]
    short = frozenset(lexicon("language")["english_short"])
    lists = {}
    for code in LANGUAGES:
        words = {w.lower() for w in stopwordsiso.stopwords(code)}
        kept = {w for w in words if len(w) > 2 or (w in short if code == "en" else len(w) == 2)}
        lists[code] = frozenset(kept | set(chat[code]))
    return lists


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a text's words say.

    `served` is the posterior over the served languages. `hits` counts, per language, the words of its list, those
    of several lists by their share; `openers` only the words that people open a conversation with; `listed` those
    of its list and of the field.
    """

    words: Sequence[str]
    served: Mapping[str, float]
    hits: Mapping[str, float]
    openers: Mapping[str, float]
    listed: Mapping[str, float]


class Ngrams:
    """Weighs a text's letters and words between the languages.

    `vocabulary` holds words of the field per language; a word that several languages have tells nothing.
    """

    def __init__(self, vocabulary: Mapping[str, Collection[str]]) -> None:
        self._detectors = _factory()
        self._ratios = WordRatios()
        self._words = _word_lists()
        self._field = {code: frozenset(words) for code, words in vocabulary.items()}
        self._openers = {code: frozenset(words) for code, words in lexicon("language")["chat"].items()}

    def weigh(self, words: Sequence[str]) -> Evidence:
        """Weigh the served languages. `words` are clean and lower case."""
        hits, field, openers = (_hits(words, w) for w in (self._words, self._field, self._openers))
        listed = {code: hits[code] + field[code] for code in LANGUAGES}
        english = self._english(words) + LISTED * (listed["en"] - listed["nl"])
        served = _posterior({"en": SHARPNESS * english, "nl": 0.0})
        return Evidence(words, served, hits, openers, listed)

    def posterior(self, evidence: Evidence) -> dict[str, float]:
        """Over all languages. Takes far longer than the rest: every letter counts."""
        letters = self._letters(evidence.words)
        return _posterior({code: letters[code] + WORD_WEIGHT * evidence.listed[code] for code in LANGUAGES})

    def clear(self, words: Sequence[str]) -> dict[str, float]:
        """Per served language the words of no list that are far more frequent in it than in the other."""
        clear = {"en": 0.0, "nl": 0.0}
        for word in words:
            ratio = self._ratios.known(word) or 0.0
            if abs(ratio) >= CLEAR and not any(word in members for members in self._words.values()):
                clear["en" if ratio > 0 else "nl"] += 1
        return clear

    def _english(self, words: Sequence[str]) -> float:
        """How much likelier the words are in English than in Dutch, in nats."""
        ratios = [self._ratios.ratio(word) for word in words]
        unknown = [word for word, ratio in zip(words, ratios, strict=True) if ratio is None]
        letters = self._letters(unknown) if unknown else {"en": 0.0, "nl": 0.0}
        return sum(filter(None, ratios)) + LETTERS * (letters["en"] - letters["nl"])

    def _letters(self, words: Sequence[str]) -> dict[str, float]:
        detector = self._detectors.create()
        detector.append(" ".join(words))
        return dict(zip(LANGUAGES, detector.log_likelihood(), strict=True))


def _hits(words: Sequence[str], lists: Mapping[str, frozenset[str]]) -> dict[str, float]:
    hits = dict.fromkeys(LANGUAGES, 0.0)
    for word in words:
        owners = [code for code, members in lists.items() if word in members]
        for code in owners:
            hits[code] += 1 / len(owners)
    return hits


def _posterior(score: Mapping[str, float]) -> dict[str, float]:
    top = max(score.values())
    raised = {code: math.exp(value - top) for code, value in score.items()}
    total = sum(raised.values())
    return {code: value / total for code, value in raised.items()}
