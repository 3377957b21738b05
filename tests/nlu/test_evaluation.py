"""Figures of eight questions, counted by hand."""

import math
from collections.abc import Sequence

import pytest

from nlu.calibration import Bin, Decline, calibration_error, decline_curve, reliability
from nlu.confusions import Mistake, confusions, topics
from nlu.evaluation import by_language, evaluate, evaluation, read, scores
from nlu.readings import Reading
from nlu.training import Example
from nlu.types import Intent, LanguageCode, Understanding, Verdict

Ranked = Sequence[tuple[str, float]]
A, B, C, FOREIGN = "region:hebei", "region:chengdu", "unknown:fees", "out-of-scope"


def reading(text: str, intent: str, verdict: Verdict, ranked: Ranked, language: str = "en", ms: float = 2) -> Reading:
    intents = tuple(Intent(*r) for r in ranked)
    return Reading(Example(text, intent, language), Understanding(text, intents, (), verdict), ms / 1000, ms / 500)


READ = [
    reading("right and sure", A, "sure", [(A, 0.95), (B, 0.03)], ms=1),
    reading("asked back with it", A, "unsure", [(B, 0.55), (C, 0.2), (A, 0.15)], ms=3),
    reading("surely wrong", B, "sure", [(A, 0.85), (B, 0.1)], ms=2),
    reading("zeker juist", B, "sure", [(B, 0.95)], language="nl", ms=10),
    reading("kosten, geweigerd", C, "foreign", [(FOREIGN, 0.75), (A, 0.1)], language="nl", ms=4),
    reading("het weer", FOREIGN, "foreign", [(FOREIGN, 0.85), (B, 0.05)], language="nl", ms=5),
    reading("surfen", FOREIGN, "unsure", [(B, 0.35)], language="nl", ms=6),
    reading("…", C, "unsure", [], language="nl", ms=0.5),
]


def test_shares_of_ours_and_of_others() -> None:
    found = scores(READ)
    assert (found.count, found.foreign) == (8, 2)
    assert found.top1 == pytest.approx(2 / 6)
    assert found.top3 == pytest.approx(4 / 6)
    assert found.answered == pytest.approx(2 / 6)
    assert found.helped == pytest.approx(3 / 6)
    assert found.sure == pytest.approx(3 / 6)
    assert found.sure_right == pytest.approx(2 / 3)
    assert found.declined_foreign == pytest.approx(1 / 2)
    assert found.declined_rightly == pytest.approx(1 / 2)
    assert found.declined_ours == pytest.approx(1 / 6)


def test_what_is_right_but_not_among_three_buttons_does_not_help() -> None:
    far = reading("far", A, "unsure", [(B, 0.3), (C, 0.2), ("regions", 0.1), (A, 0.05)])
    assert scores([far]).helped == scores([far]).top3 == 0


def test_a_declined_question_is_not_helped_by_what_else_was_read() -> None:
    declined = reading("declined", A, "foreign", [(FOREIGN, 0.6), (A, 0.3)])
    assert (scores([declined]).top3, scores([declined]).helped) == (1, 0)


def test_f1_counts_each_topic_alike() -> None:
    # hebei: 1 of 2 told is right, 1 of 2 found; chengdu: 1 of 3, 1 of 2; fees: none; out of scope: 1 of 2, 1 of 2
    f1 = {A: 1 / 2, B: 2 / 5, C: 0.0, FOREIGN: 1 / 2}
    found = topics(READ)
    assert {t.topic: t.f1 for t in found} == pytest.approx(f1)
    assert [t.topic for t in found] == [C, B, FOREIGN, A]
    assert scores(READ).macro_f1 == pytest.approx(sum(f1.values()) / 4)
    chengdu = found[1]
    assert (chengdu.count, chengdu.precision, chengdu.recall) == (2, pytest.approx(1 / 3), 0.5)
    assert chengdu.f1_by_language == {"en": 0.0, "nl": pytest.approx(2 / 3)}
    assert set(found[0].f1_by_language) == {"nl"}


def test_confidences_by_tenths() -> None:
    assert reliability(READ) == [
        Bin(1, 0.35, 0.0),
        Bin(1, 0.55, 0.0),
        Bin(1, 0.75, 0.0),
        Bin(2, 0.85, 0.5),
        Bin(2, 0.95, 1.0),
    ]
    gaps = 0.35 + 0.55 + 0.75 + 2 * 0.35 + 2 * 0.05
    assert calibration_error(reliability(READ)) == scores(READ).calibration_error == pytest.approx(gaps / 7)


def test_a_certain_reading_is_in_the_last_tenth() -> None:
    assert reliability([reading("certain", A, "sure", [(A, 1.0)])]) == [Bin(1, 1.0, 1.0)]


def test_declining_by_the_confidence_of_our_best_reading() -> None:
    curve = decline_curve(READ)
    assert curve[0] == Decline(0.0, 0.0, 0.0)
    assert (curve[-1].ours, curve[-1].foreign) == (1.0, 1.0)
    # up to .35: one of ours without a reading, one at .10, and both of others (.05 and .35)
    reached = next(d for d in curve if d.foreign == 1.0)
    assert (reached.threshold, reached.ours) == (pytest.approx(0.35), pytest.approx(2 / 6))


def test_there_is_no_curve_of_one_kind_alone() -> None:
    assert decline_curve(READ[:2]) == decline_curve(READ[5:7]) == decline_curve([]) == []


def test_confusions_with_their_sentences() -> None:
    again = reading("sure too", B, "sure", [(A, 0.9)])
    first, *others = confusions([*READ, again])
    assert (first.topic, first.taken_for) == (B, A)
    assert first.mistakes == (Mistake("sure too", "en", "sure", 0.9), Mistake("surely wrong", "en", "sure", 0.85))
    assert {(c.topic, c.taken_for) for c in others} == {(A, B), (C, FOREIGN), (FOREIGN, B), (C, "(nothing)")}


def test_time_is_told_in_milliseconds() -> None:
    found = scores(READ)
    assert found.cpu_median == pytest.approx(3.5)
    assert found.elapsed_median == pytest.approx(7)
    assert found.cpu_p95 == pytest.approx(8.6)  # between 6 and 10, at .65


def test_languages_are_told_apart() -> None:
    found = by_language(READ)
    assert list(found) == ["all", "en", "nl"]
    assert (found["en"].count, found["en"].top1) == (3, pytest.approx(1 / 3))
    assert math.isnan(found["en"].declined_foreign)
    assert math.isnan(found["en"].declined_rightly)


def test_nothing_has_no_figures() -> None:
    found = evaluation("embedded", "dev", [])
    assert found.scores["all"].count == 0
    assert math.isnan(found.scores["all"].macro_f1)
    assert math.isnan(found.scores["all"].cpu_median)
    assert found.topics == found.confusions == found.reliability == []


class Parrot:
    """Takes every text for the name of its intent, and remembers the language it was told."""

    name = "parrot"

    def __init__(self) -> None:
        self.languages: list[LanguageCode] = []

    async def parse(self, text: str, language: LanguageCode) -> Understanding:
        self.languages.append(language)
        return Understanding(text, (Intent(text, 1.0),), (), "sure")


async def test_each_text_is_asked_about_in_its_language() -> None:
    parrot, steps = Parrot(), []
    examples = [Example(A, A, "zh"), Example(B, B, "nl"), Example("x", C, "en")]
    readings = await read(parrot, examples, lambda: steps.append(1))
    assert parrot.languages == ["zh-Hans", "nl", "en"]
    assert len(steps) == len(readings) == 3
    assert all(0 <= r.cpu < 10 and r.elapsed > 0 for r in readings)
    assert (await evaluate(parrot, examples))["all"].top1 == pytest.approx(2 / 3)
