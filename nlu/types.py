"""What understanding a text yields: the vocabulary shared by the engines and the dialogue."""

from dataclasses import dataclass
from typing import Literal, Protocol

LanguageCode = Literal["en", "nl", "zh-Hans", "zh-Hant"]
Verdict = Literal["sure", "unsure", "foreign"]

SERVED: tuple[LanguageCode, ...] = ("en", "nl", "zh-Hans", "zh-Hant")


@dataclass(frozen=True, slots=True)
class Detection:
    """The language of a text, weighed against the conversation's own.

    `language` is the one to answer in. `foreign` is the ISO code of a confidently recognised
    language that is not served, else None. `confidence` is 0..1; 0 means undetermined.
    """

    language: LanguageCode
    confidence: float = 0.0
    foreign: str | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    """A topic or command identifier with a calibrated confidence, 0..1."""

    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Entity:
    """A span of the text that names something.

    `type` is one of region, province, challenge, domain, email, number, ordinal, quantifier,
    attribute, language, reference; `value` its stable identifier or normal form.
    `score` is 1 for an exact name and lower for a fuzzy one.
    """

    type: str
    value: str
    text: str
    start: int
    end: int
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Understanding:
    """One text, understood.

    `intents` come best first. `verdict` is the engine's own calibrated reading: sure (act on the
    first intent), unsure (offer the first ones), foreign (not ours). `question` tells whether the
    text is a question by its form alone.
    """

    text: str
    intents: tuple[Intent, ...] = ()
    entities: tuple[Entity, ...] = ()
    verdict: Verdict = "unsure"
    question: bool = False
    engine: str = "none"

    def values(self, type_: str) -> list[str]:
        """Distinct entity values of one type, in the order of the text."""
        return list(dict.fromkeys(e.value for e in self.entities if e.type == type_))


@dataclass(frozen=True, slots=True)
class LanguagePrior:
    """What the conversation knows about its language before a text is read."""

    current: LanguageCode | None = None
    chosen: bool = False
    hint: LanguageCode | None = None


class Interpreter(Protocol):
    """An engine that turns a text into intents and entities."""

    name: str

    async def parse(self, text: str, language: LanguageCode) -> Understanding:
        """Understand `text`. Never raises for any text; an empty one yields no intents."""
        ...


class LanguageDetector(Protocol):
    """Tells in which language a text is to be answered."""

    def detect(self, text: str, prior: LanguagePrior) -> Detection:
        """Weigh the text's language against `prior`. Deterministic; never raises."""
        ...
