"""How well an interpreter does on labelled texts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nlu.training import Example
from nlu.types import Interpreter, LanguageCode, Understanding

OUT_OF_SCOPE = "out-of-scope"
_CODES: dict[str, LanguageCode] = {"en": "en", "nl": "nl", "zh": "zh-Hans"}


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares, 0..1, over `count` texts; a share of nothing is 0.

    `top1` and `top3`: our own texts whose intent is the first, or among the first three, of what is reported.
    `sure` and `sure_right`: our own texts acted upon, and how many of those rightly.
    `declined_foreign`: texts of others that are declined; `declined_ours`: our own that are.
    """

    count: int
    top1: float
    top3: float
    sure: float
    sure_right: float
    declined_foreign: float
    declined_ours: float


async def evaluate(interpreter: Interpreter, examples: Sequence[Example]) -> dict[str, Scores]:
    """Scores per language, and under "all" together."""
    read = [(e, await interpreter.parse(e.text, _CODES[e.language])) for e in examples]
    languages = sorted({e.language for e in examples})
    return {"all": _scores(read)} | {c: _scores([r for r in read if r[0].language == c]) for c in languages}


def _scores(read: Sequence[tuple[Example, Understanding]]) -> Scores:
    ours = [r for r in read if r[0].intent != OUT_OF_SCOPE]
    sure = [r for r in ours if r[1].verdict == "sure"]
    return Scores(
        count=len(read),
        top1=_share(_right(e, u, 1) for e, u in ours),
        top3=_share(_right(e, u, 3) for e, u in ours),
        sure=_share(u.verdict == "sure" for _, u in ours),
        sure_right=_share(_right(e, u, 1) for e, u in sure),
        declined_foreign=_share(u.verdict == "foreign" for e, u in read if e.intent == OUT_OF_SCOPE),
        declined_ours=_share(u.verdict == "foreign" for _, u in ours),
    )


def _right(example: Example, understanding: Understanding, among: int) -> bool:
    return example.intent in [i.name for i in understanding.intents[:among]]


def _share(values: Iterable[bool]) -> float:
    listed = list(values)
    return sum(listed) / len(listed) if listed else 0.0
