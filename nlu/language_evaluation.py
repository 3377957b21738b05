"""How often the language of labelled texts is told rightly."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from nlu.language import ADOPT
from nlu.types import Detection, LanguageDetector, LanguagePrior

FRESH = LanguagePrior()
_HAN_OR_WORD = re.compile(r"[\u3400-\u9fff]{1,2}|[^\W\u3400-\u9fff]+(?:['’-]\w+)*")


@dataclass(frozen=True, slots=True)
class LanguageText:
    """A text and its language (ISO 639, `zh` for either script); `bucket` tells how long it is."""

    text: str
    language: str
    bucket: str


@dataclass(frozen=True, slots=True)
class LanguageScores:
    """Shares, 0..1, of the `count` texts of one language and bucket.

    `right`: the language is told, for one that is not served as a foreign one.
    `undetermined`: too unsure to go by in a conversation whose channel gives a hint. `foreign`: taken for a language
    that is not served.
    """

    language: str
    bucket: str
    count: int
    right: float
    undetermined: float
    foreign: float


def bucket(text: str) -> str:
    """`short` up to three words, `mid` up to eight, else `long`; two Chinese characters count as a word."""
    words = len(_HAN_OR_WORD.findall(text))
    if words <= 3:
        return "short"
    return "mid" if words <= 8 else "long"


def evaluate_language(
    detector: LanguageDetector, texts: Iterable[LanguageText], prior: LanguagePrior = FRESH
) -> list[LanguageScores]:
    """Scores per language and bucket, of texts that each stand alone after `prior`."""
    found = defaultdict(list)
    for text in texts:
        found[text.language, text.bucket].append(detector.detect(text.text, prior))
    return [_scores(language, length, found[language, length]) for language, length in sorted(found)]


def _scores(language: str, length: str, detections: list[Detection]) -> LanguageScores:
    count = len(detections)
    return LanguageScores(
        language=language,
        bucket=length,
        count=count,
        right=sum(told(d) == language for d in detections) / count,
        undetermined=sum(d.foreign is None and d.confidence < ADOPT for d in detections) / count,
        foreign=sum(d.foreign is not None for d in detections) / count,
    )


def told(detection: Detection) -> str:
    """The language that a text is taken for: ISO 639, `zh` for either script."""
    return detection.foreign or detection.language.split("-")[0]
