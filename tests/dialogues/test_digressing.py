"""What is taken for an answer and what for a question in the middle of a form."""

import pytest

from dialogues.state import Draft
from tests.dialogues.talk import Talk, at, payloads


@pytest.mark.parametrize(
    "text",
    [
        "We dry sludge with waste heat, which cuts its volume. Would that suit Chongqing?",
        "Wij drogen slib met restwarmte van de fabriek zelf. Is dat iets voor China?",
        "我们用余热干化污泥，体积可减少百分之七十。这在重庆有需求吗？",
    ],
)
def test_a_description_with_a_question_behind_it_is_kept_and_the_question_offered(text: str) -> None:
    talk = Talk(form=at("solution")).sure(text, "challenge:sludge-treatment")
    assert talk.draft.slots["solution"] == text
    assert talk.awaiting == "track_record"
    talk.press(payloads(talk.last)[0])
    assert talk.said[0].topics == ("challenge:sludge-treatment",)
    assert talk.awaiting == "solution"


@pytest.mark.parametrize("text", ["Ok. Is there a need for sludge treatment?", "好的。重庆有污泥处理需求吗？"])
def test_a_short_word_before_a_question_is_no_description(text: str) -> None:
    talk = Talk(form=at("solution")).sure(text, "challenge:sludge-treatment")
    assert talk.awaiting == "solution"
    assert talk.said[0].kind == "answer"


def test_half_an_address_is_never_taken_for_what_its_words_mean() -> None:
    talk = Talk(form=at("contact_email")).sure("jan@greensludge", "challenge:sludge-treatment", question=False)
    assert [m.kind for m in talk.said] == ["form"]
    assert "address" in talk.last.text


def test_regions_in_doubt_are_compared_in_a_form() -> None:
    talk = Talk("zh-Hans", form=Draft(kind="need", awaiting="organisation"))
    talk.text("陕西和河北有什么区别？", "region:hebei", "region:shaanxi", question=True)
    assert talk.said[0].topics == ("region:hebei", "region:shaanxi")
    assert talk.awaiting == "organisation"
