"""How well an interpreter does on labelled texts: reading them, and the figures of what was read."""

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from sklearn.metrics import f1_score

from nlu.calibration import Bin, Decline, calibration_error, decline_curve, reliability
from nlu.confusions import Confusion, TopicScores, confusions, topics
from nlu.readings import Reading, among, first, is_foreign
from nlu.training import Example
from nlu.types import Interpreter, LanguageCode

BUTTONS = 3
"""Readings that a clarification offers."""
_CODES: dict[str, LanguageCode] = {"en": "en", "nl": "nl", "zh": "zh-Hans"}


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares, 0..1, over `count` texts, `foreign` of which are not ours; a share of nothing is nan.

    `top1` and `top3`: our own texts whose intent is the first, or among the first three, of what is reported.
    `sure` and `sure_right`: our own texts acted upon, and how many of those rightly. `answered`: our own acted upon
    rightly; `helped`: those, or asked back with the right intent among the three buttons.
    `macro_f1`: the mean F1 of all intents, out of scope included, each counting alike. `calibration_error`: how far
    the confidence of the first intent lies from how often it is right, on average (see `nlu.calibration`).
    `declined_foreign`: texts of others that are declined (the recall of out of scope); `declined_rightly`: declined
    texts that are of others (its precision); `declined_ours`: our own that are declined.
    `cpu_median`, `cpu_p95`: processor time of this thread for a text, ms; `elapsed_median`: by the clock, ms.
    """

    count: int
    foreign: int
    top1: float
    top3: float
    answered: float
    helped: float
    sure: float
    sure_right: float
    macro_f1: float
    calibration_error: float
    declined_foreign: float
    declined_rightly: float
    declined_ours: float
    cpu_median: float
    cpu_p95: float
    elapsed_median: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All figures of one engine on one set of texts. `scores` has a key per language, and "all"."""

    engine: str
    split: str
    scores: dict[str, Scores]
    topics: list[TopicScores]
    confusions: list[Confusion]
    reliability: list[Bin]
    declines: list[Decline]


async def read(
    interpreter: Interpreter, examples: Iterable[Example], advance: Callable[[], None] = lambda: None
) -> list[Reading]:
    """What the interpreter makes of each text, one after the other; `advance` is called after each."""
    readings = []
    for example in examples:
        began, spent = time.perf_counter(), time.thread_time()
        understanding = await interpreter.parse(example.text, _CODES[example.language])
        spent, elapsed = time.thread_time() - spent, time.perf_counter() - began
        readings.append(Reading(example, understanding, spent, elapsed))
        advance()
    return readings


async def evaluate(interpreter: Interpreter, examples: Sequence[Example]) -> dict[str, Scores]:
    """Scores per language, and under "all" together."""
    return by_language(await read(interpreter, examples))


def evaluation(engine: str, split: str, readings: Sequence[Reading]) -> Evaluation:
    """All figures of what was read."""
    return Evaluation(
        engine=engine,
        split=split,
        scores=by_language(readings),
        topics=topics(readings),
        confusions=confusions(readings),
        reliability=reliability(readings),
        declines=decline_curve(readings),
    )


def by_language(readings: Sequence[Reading]) -> dict[str, Scores]:
    """Scores per language, and under "all" together."""
    languages = sorted({r.example.language for r in readings})
    return {"all": scores(readings)} | {c: scores([r for r in readings if r.example.language == c]) for c in languages}


def scores(readings: Sequence[Reading]) -> Scores:
    """The figures of these texts together."""
    ours = [r for r in readings if not is_foreign(r)]
    sure = [r for r in ours if r.understanding.verdict == "sure"]
    declined = [r for r in readings if _declined(r)]
    cpu = [r.cpu * 1000 for r in readings]
    return Scores(
        count=len(readings),
        foreign=len(readings) - len(ours),
        top1=_share(among(r, 1) for r in ours),
        top3=_share(among(r, BUTTONS) for r in ours),
        answered=_share(_answered(r) for r in ours),
        helped=_share(_answered(r) or _offered(r) for r in ours),
        sure=_share(r.understanding.verdict == "sure" for r in ours),
        sure_right=_share(among(r, 1) for r in sure),
        macro_f1=_macro_f1(readings),
        calibration_error=calibration_error(reliability(readings)),
        declined_foreign=_share(_declined(r) for r in readings if is_foreign(r)),
        declined_rightly=_share(is_foreign(r) for r in declined),
        declined_ours=_share(_declined(r) for r in ours),
        cpu_median=median(cpu) if cpu else math.nan,
        cpu_p95=float(np.percentile(cpu, 95)) if cpu else math.nan,
        elapsed_median=median(r.elapsed * 1000 for r in readings) if readings else math.nan,
    )


def _answered(reading: Reading) -> bool:
    return reading.understanding.verdict == "sure" and among(reading, 1)


def _offered(reading: Reading) -> bool:
    return reading.understanding.verdict == "unsure" and among(reading, BUTTONS)


def _declined(reading: Reading) -> bool:
    return reading.understanding.verdict == "foreign"


def _macro_f1(readings: Sequence[Reading]) -> float:
    wanted, told = [r.example.intent for r in readings], [first(r) for r in readings]
    if not readings:
        return math.nan
    return float(f1_score(wanted, told, labels=sorted(set(wanted)), average="macro", zero_division=0))


def _share(values: Iterable[bool]) -> float:
    listed = list(values)
    return sum(listed) / len(listed) if listed else math.nan
