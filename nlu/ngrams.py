"""Likelihood of Latin-script languages: langdetect's character profiles and word lists, without its dice."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import stopwordsiso
from langdetect.detector import Detector as LangdetectDetector
from langdetect.detector_factory import DetectorFactory

from nlu.resources import lexicon

SERVED = ("en", "nl")
REJECTED = ("fr", "de", "es", "it", "pt", "pl")
"""Known only so that they can be told from the served ones: without them French counts as English."""
LANGUAGES = SERVED + REJECTED

WORD_WEIGHT = 6.0
"""Nats that a word of one language's list alone is worth. Measured: 4 to 8 differ little, 0 loses 3 %."""


class _EveryGram(LangdetectDetector):  # type: ignore[misc]
    """langdetect's detector, summing over all n-grams where the original draws some at random."""

    def log_likelihood(self) -> list[float]:
        smoothing = self.alpha / self.BASE_FREQ
        total = [0.0] * len(self.langlist)
        for gram in self._extract_ngrams():
            for i, probability in enumerate(self.word_lang_prob_map[gram]):
                total[i] += math.log(smoothing + probability)
        return total


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
        words = {w.lower() for w in stopwordsiso.stopwords(code)} | set(chat[code])
        lists[code] = frozenset(w for w in words if len(w) > 2 or (w in short if code == "en" else len(w) == 2))
    return lists


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a text's words say.

    `hits` counts, per language, the words of its list, those of several lists by their share; `openers`
    only the words that people open a conversation with.
    """

    posterior: Mapping[str, float]
    served: Mapping[str, float]
    hits: Mapping[str, float]
    openers: Mapping[str, float]


class Ngrams:
    """Weighs a text's letters and words between the languages.

    `vocabulary` holds words of the field per language, beside those of the lexicon; a word that several
    languages have tells nothing.
    """

    def __init__(self, vocabulary: Mapping[str, Collection[str]]) -> None:
        self._detectors = _factory()
        self._words = _word_lists()
        self._domain = {c: words | frozenset(vocabulary.get(c, ())) for c, words in _sets("domain").items()}
        self._openers = _sets("chat")

    def weigh(self, words: Sequence[str]) -> Evidence:
        """Posterior over all languages and over the served ones. `words` are clean and lower case."""
        detector = self._detectors.create()
        detector.append(" ".join(words))
        score = dict(zip(LANGUAGES, detector.log_likelihood(), strict=True))
        hits, domain, openers = (_hits(words, w) for w in (self._words, self._domain, self._openers))
        for code in LANGUAGES:
            score[code] += WORD_WEIGHT * (hits[code] + domain[code])
        return Evidence(_posterior(score), _posterior({c: score[c] for c in SERVED}), hits, openers)


def _sets(part: str) -> dict[str, frozenset[str]]:
    return {code: frozenset(words) for code, words in lexicon("language")[part].items()}


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
