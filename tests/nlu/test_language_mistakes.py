import math

from nlu.language import Detector
from nlu.language_evaluation import LanguageText
from nlu.language_mistakes import language_evaluation


def test_mistakes_are_listed_with_their_sentences(detector: Detector) -> None:
    texts = [
        LanguageText("Goedemiddag, waar kan ik terecht?", "nl", "mid"),
        LanguageText("thank you", "nl", "short"),
        LanguageText("good morning", "nl", "short"),
        LanguageText("请问费用是多少？", "zh", "mid"),
    ]
    steps: list[int] = []
    found = language_evaluation(detector, "dev", texts, lambda: steps.append(1))
    assert len(steps) == 4
    assert [(s.language, s.bucket, s.right) for s in found.scores] == [
        ("nl", "short", 0.0),
        ("nl", "mid", 1.0),
        ("zh", "mid", 1.0),
    ]
    (confusion,) = found.confusions
    assert (confusion.language, confusion.taken_for) == ("nl", "en")
    assert {text for text, _ in confusion.mistakes} == {"thank you", "good morning"}
    assert 0 < found.cpu_median <= found.cpu_p95


def test_no_texts_have_no_figures(detector: Detector) -> None:
    found = language_evaluation(detector, "dev", [])
    assert found.scores == found.confusions == []
    assert math.isnan(found.cpu_median)
