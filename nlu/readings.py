"""One labelled text and what an interpreter made of it: what all figures are counted from."""

from dataclasses import dataclass

from nlu.classifier import OUT_OF_SCOPE
from nlu.training import Example
from nlu.types import Understanding

NOTHING = "(nothing)"
"""Stands for the first reading of a text in which the interpreter finds no topic."""


@dataclass(frozen=True, slots=True)
class Reading:
    """`cpu`: seconds of the processor in this thread; `elapsed`: seconds by the clock."""

    example: Example
    understanding: Understanding
    cpu: float
    elapsed: float


def first(reading: Reading) -> str:
    """The reading that comes first."""
    intents = reading.understanding.intents
    return intents[0].name if intents else NOTHING


def among(reading: Reading, count: int) -> bool:
    """Whether the right intent is among the first `count` readings."""
    return reading.example.intent in [i.name for i in reading.understanding.intents[:count]]


def is_foreign(reading: Reading) -> bool:
    """Whether the text is labelled as not ours."""
    return reading.example.intent == OUT_OF_SCOPE
