"""In which language to answer: script first, then letters and words, weighed against the conversation."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

import stopwordsiso

from knowledge.script import simplified, traditional
from nlu.ngrams import REJECTED, Evidence, Ngrams
from nlu.training import Example
from nlu.types import Detection, LanguageCode, LanguagePrior

ADOPT = 0.6
"""Confidence from which a conversation without a language takes the text's."""
SWITCH = 0.8
"""Confidence from which a conversation leaves the language it has."""
ENGLISH = 0.57
"""Probability from which a text is English: lone names and loanwords come more often from those who write Dutch."""
FOREIGN = 0.9
SURE = 0.9
"""Confidence from which a lone word with a capital is no name."""
NAME = 0.5
"""Most that a lone word or a row of capitalised words may count for: it may be a name."""

MAX_CHARACTERS = 1000

MIN_PLAIN = 2
"""Words in lower case from which those with a capital are taken for names."""

MIN_FOREIGN = 3
"""Words from which a foreign language is told from other words than those that open a conversation."""
CHINESE_SHARE = 1 / 3
"""Han characters to a Latin word from which a text with Chinese function words is Chinese around a foreign name."""

_NOISE = re.compile(
    r"https?://\S+|www\.\S+|[^\s@]+@[^\s@]+\.[^\s@]+|(?<!\w)[@#/][\w-]+|\S*[\w-]*\.(?:com|be|cn|eu|org|net|io)\b\S*",
    re.ASCII,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_DIGITED = re.compile(r"[A-Za-z\-]*\d[A-Za-z\d\-]*")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_ELISION = re.compile(r"(?<!\w)([ldjmtsnc]|qu|jusqu)['’](?=\w{2})", re.IGNORECASE)
_CHINESE = re.compile(f"[{''.join(w for w in stopwordsiso.stopwords('zh') if _HAN.fullmatch(w))}]")
"""Characters that are function words of Chinese, of which a name in another language's sentence has hardly any."""
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")
_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
_OTHER_SCRIPTS = {
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "el": re.compile(r"[\u0370-\u03ff]"),
    "he": re.compile(r"[\u0590-\u05ff]"),
    "ar": re.compile(r"[\u0600-\u06ff]"),
    "hi": re.compile(r"[\u0900-\u097f]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
}
_EITHER_SCRIPT = frozenset("台里后只干面松准云系才丑谷范于表吃游群")
"""Characters that Traditional texts use too, though each is also the Simplified form of another."""


def clean(text: str) -> str:
    """Compatibility forms folded; addresses, handles, commands and words with digits taken out."""
    text = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS])
    return _DIGITED.sub(" ", _NOISE.sub(" ", text))


@lru_cache(maxsize=8192)
def _script_of(character: str) -> int:
    if simplified(character) != character:
        return 1
    if character not in _EITHER_SCRIPT and traditional(character) != character:
        return -1
    return 0


def chinese_script(text: str, fallback: LanguageCode) -> LanguageCode:
    """Simplified or Traditional by the characters that only one of them has, else `fallback`."""
    balance = sum(_script_of(c) for c in _HAN.findall(text))
    if balance == 0:
        return fallback
    return "zh-Hant" if balance > 0 else "zh-Hans"


class Detector:
    """Tells in which language a text is to be answered. Deterministic and safe to share between threads.

    `names` are proper names (regions, provinces, the programme): a text of names alone says nothing
    about its language. `vocabulary` gives words of the field per language (see `vocabulary`).
    """

    def __init__(
        self, names: Iterable[str] = (), vocabulary: Mapping[str, Collection[str]] = MappingProxyType({})
    ) -> None:
        self._ngrams = Ngrams(vocabulary)
        self._names = _pattern(names)

    def detect(self, text: str, prior: LanguagePrior) -> Detection:
        """Weigh the text's language against `prior`. Never raises; confidence 0 means undetermined."""
        cleaned = clean(text)
        told = self._names.sub(" ", cleaned)
        if not _WORD.search(told) and prior.current is None:
            told = "".join(_HAN.findall(cleaned))
        if not _WORD.search(told):
            return Detection(_stay(prior))
        by_script = self._by_script(told, prior)
        return by_script if by_script is not None else self._by_words(_latin_words(told), prior)

    def _by_script(self, text: str, prior: LanguagePrior) -> Detection | None:
        han = len(_HAN.findall(text))
        kana, hangul = len(_KANA.findall(text)), len(_HANGUL.findall(text))
        latin = len([w for w in _WORD.findall(_HAN.sub(" ", text)) if _is_latin(w)])
        if hangul > max(han, latin):
            return Detection(_stay(prior), 1.0, "ko")
        if kana > 1 and kana * 6 >= han + kana and kana >= latin:
            return Detection(_stay(prior), 1.0, "ja")
        if han and (han >= latin or (han >= CHINESE_SHARE * latin and _CHINESE.search(text))):
            return _decide(chinese_script(text, _chinese(prior)), 1.0, prior)
        for code, pattern in _OTHER_SCRIPTS.items():
            if len(pattern.findall(text)) > max(2 * latin, 1):
                return Detection(_stay(prior), 1.0, code)
        return None if latin else Detection(_stay(prior))

    def _by_words(self, written: list[str], prior: LanguagePrior) -> Detection:
        evidence = self._ngrams.weigh(_plain(written))
        language: LanguageCode = "en" if evidence.served["en"] >= ENGLISH else "nl"
        confidence = evidence.served[language]
        named = (len(written) > 1 or confidence < SURE) and not any(w[0].islower() for w in written)
        if foreign := self._foreign(evidence, named):
            return Detection(_stay(prior), *foreign)
        if named and not evidence.openers[language]:
            confidence = min(confidence, NAME)
        if prior.current not in (None, language) and not _tells(evidence, language):
            confidence = min(confidence, NAME)
        return _decide(language, confidence, prior)

    def _foreign(self, evidence: Evidence, named: bool) -> tuple[float, str] | None:
        """The foreign language that a text surely is in, behind how sure that is."""
        told = self._told(evidence, named)
        served = max(told["en"], told["nl"])
        if all(told[code] <= served for code in REJECTED):
            return None
        posterior = self._ngrams.posterior(evidence)
        code = max(REJECTED, key=lambda c: posterior[c])
        return (posterior[code], code) if posterior[code] >= FOREIGN and told[code] > served else None

    def _told(self, evidence: Evidence, named: bool) -> Mapping[str, float]:
        """What counts when a foreign language is to be told: the fewer the words, the surer they must be."""
        if named or len(evidence.words) < MIN_FOREIGN:
            return evidence.openers
        if len(evidence.words) == MIN_FOREIGN:
            clear = self._ngrams.clear(evidence.words)
            return {code: hits + clear.get(code, 0.0) for code, hits in evidence.hits.items()}
        return evidence.hits


def vocabulary(examples: Iterable[Example]) -> dict[str, set[str]]:
    """The words of the training examples per Latin-script language: what people here are likely to type."""
    pieces: dict[str, set[str]] = {"en": set(), "nl": set()}
    for example in examples:
        if example.language in pieces:
            pieces[example.language].update(unicodedata.normalize("NFKC", example.text).split())
    return {
        code: {word.lower() for piece in found for word in _latin_words(clean(piece)) if len(word) > 2}
        for code, found in pieces.items()
    }


def _decide(language: LanguageCode, confidence: float, prior: LanguagePrior) -> Detection:
    if prior.chosen and prior.current is not None:
        return Detection(prior.current, confidence if language == prior.current else 0.0)
    if prior.current is not None:
        keep = language != prior.current and confidence < SWITCH
        return Detection(prior.current, 0.0) if keep else Detection(language, confidence)
    if prior.hint is not None and confidence < ADOPT:
        return Detection(prior.hint, 0.0)
    return Detection(language, confidence)


def _tells(evidence: Evidence, language: LanguageCode) -> bool:
    """Whether a text is enough to leave a language: a word of a trade or a name is not."""
    other = "en" if language == "nl" else "nl"
    return len(evidence.words) > 1 and evidence.hits[language] >= evidence.hits[other] + 0.5


def _latin_words(text: str) -> list[str]:
    return [w.replace("’", "'") for w in _WORD.findall(_ELISION.sub(r"\1 ", text)) if _is_latin(w)]


def _plain(words: list[str]) -> list[str]:
    """The words in lower case, without the names inside a sentence (capitals after its first word)."""
    plain = [w for i, w in enumerate(words) if i == 0 or w[0].islower()]
    return [w.lower() for w in (plain if len(plain) >= MIN_PLAIN else words)]


def _stay(prior: LanguagePrior) -> LanguageCode:
    return prior.current or prior.hint or "en"


def _chinese(prior: LanguagePrior) -> LanguageCode:
    """The script for Chinese that could be either."""
    return "zh-Hant" if "zh-Hant" in (prior.current, prior.hint) and prior.current != "zh-Hans" else "zh-Hans"


def _is_latin(word: str) -> bool:
    return word.isascii() or all(c in "'’-" or unicodedata.name(c, "").startswith("LATIN") for c in word)


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    ordered = sorted({unicodedata.normalize("NFKC", n) for n in names if n.strip()}, key=len, reverse=True)
    han = [re.escape(n) for n in ordered if _HAN.search(n)]
    latin = [re.escape(n) for n in ordered if not _HAN.search(n)]
    # One look at the word's border for all: most places of a text are within words.
    return re.compile("|".join([*han, rf"(?<!\w)(?:{'|'.join(latin) or '(?!)'})(?!\w)"]), re.IGNORECASE)
