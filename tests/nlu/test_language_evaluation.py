import pytest

from nlu.language import Detector
from nlu.language_evaluation import LanguageScores, LanguageText, bucket, evaluate_language
from nlu.types import LanguagePrior


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", "short"),
        ("regio's in China", "short"),
        ("how does it work", "mid"),
        ("one two three four five six seven eight nine", "long"),
        ("环保项目", "short"),
        ("怎么报名参加你们的项目？", "mid"),
        ("我们想知道怎么报名参加你们的这个项目", "long"),
        ("I²PCC 项目", "short"),
    ],
)
def test_texts_are_grouped_by_length(text: str, length: str) -> None:
    assert bucket(text) == length


def test_scores_per_language_and_length(detector: Detector) -> None:
    texts = [
        LanguageText("Goedemiddag", "nl", "short"),
        LanguageText("thank you", "nl", "short"),
        LanguageText("Els Vermeulen", "nl", "short"),
        LanguageText("Bonjour", "nl", "short"),
        LanguageText("请问费用是多少？", "zh", "mid"),
        LanguageText("je voudrais parler avec quelqu'un", "fr", "mid"),
    ]
    french, dutch, chinese = evaluate_language(detector, texts)
    assert dutch == LanguageScores("nl", "short", 4, right=0.5, undetermined=0.25, foreign=0.25)
    assert chinese == LanguageScores("zh", "mid", 1, right=1.0, undetermined=0.0, foreign=0.0)
    assert french == LanguageScores("fr", "mid", 1, right=1.0, undetermined=0.0, foreign=1.0)


def test_a_conversation_goes_by_its_language_where_the_text_does_not_tell(detector: Detector) -> None:
    texts = [LanguageText("contact", "nl", "short")]
    (scores,) = evaluate_language(detector, texts, LanguagePrior(current="nl"))
    assert scores.right == 1.0


def test_no_texts_give_no_scores(detector: Detector) -> None:
    assert evaluate_language(detector, []) == []
