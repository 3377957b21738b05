"""Follow-ups that lean on the topic before."""

import pytest

from dialogues.events import IntakeStatus
from nlu.types import LanguageCode
from tests.dialogues.talk import REFERENCE, START, Talk, at, payloads


@pytest.mark.parametrize(
    "text", ["what about the others?", "wat met de andere?", "那其他的呢？", "en de andere regio's?"]
)
def test_the_others_are_the_list_of_the_same_kind(text: str) -> None:
    talk = Talk().sure("Chongqing?", "region:chongqing").text(text, "programme:partners", question=True)
    assert talk.last.topics == ("regions",)


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "how many people live there?"), ("nl", "hoeveel inwoners?"), ("zh-Hans", "人口多少？")],
)
def test_a_figure_asked_for_in_a_follow_up_is_missed_honestly(language: LanguageCode, text: str) -> None:
    talk = Talk(language).sure("Shaanxi?", "region:shaanxi").text(text, "out-of-scope", verdict="foreign")
    assert (talk.last.kind, talk.last.topics) == ("unknown", ("region:shaanxi",))
    talk = Talk(language).sure("Chongqing?", "region:chongqing").text(text, "out-of-scope", verdict="foreign")
    assert "32" in talk.last.text or "3200" in talk.last.text


def test_a_figure_of_something_else_is_none_of_the_topic() -> None:
    talk = Talk().sure("Shaanxi?", "region:shaanxi")
    assert talk.text("what is the population of Belgium?", "out-of-scope", verdict="foreign").last.kind == "decline"


@pytest.mark.parametrize("text", ["and there?", "en daar?", "那边呢？"])
def test_who_only_points_back_is_asked_what_about_it(text: str) -> None:
    talk = Talk().sure("Hebei?", "region:hebei").text(text, "smalltalk:greeting", question=True)
    assert talk.last.kind == "clarify"
    assert "Hebei" in talk.last.text
    assert payloads(talk.last)[0] == "region:hebei"


def test_a_challenge_asked_with_a_pronoun_is_that_of_the_region() -> None:
    talk = Talk().sure("Chongqing?", "region:chongqing")
    talk.sure("do they have problems with the ground?", "challenge:soil-remediation")
    assert talk.last.topics == ("region:chongqing", "challenge:soil-remediation")


def test_a_question_that_no_source_answers_is_not_taken_for_a_date_of_the_topic() -> None:
    talk = Talk("zh-Hans").sure("河北？", "region:hebei").sure("什么时候能联系我", "unknown:duration")
    assert talk.last.topics == ("unknown:duration",)


def test_how_long_something_takes_is_not_asked_of_the_topic_before() -> None:
    talk = Talk().sure("who are you?", "assistant:capabilities").sure("how long will it take", "unknown:duration")
    assert talk.last.topics == ("unknown:duration",)


@pytest.mark.parametrize("text", ["what now?", "wat nu?", "然后呢？"])
def test_what_now_tells_where_to_go_on(text: str) -> None:
    assert "challenges" in payloads(Talk().text(text, "region:chongqing", verdict="sure").last)
    assert Talk(form=at("province")).text(text).awaiting == "province"
    talk = Talk()
    talk.intakes = (IntakeStatus(REFERENCE, "proposal", "received", START),)
    assert talk.text(text).last.topics == ("programme:after-submission",)


@pytest.mark.parametrize(
    "text", ["and since when is Shaanxi a partner?", "en sinds wanneer is Shaanxi partner?", "那陕西什么时候结好的？"]
)
def test_what_is_asked_of_a_region_by_itself_is_not_paired_with_the_challenge_before(text: str) -> None:
    talk = Talk().sure("dust removal in Hebei?", "challenge:industrial-air-emissions").sure(text, "region:shaanxi")
    assert talk.last.topics == ("region:shaanxi",)
    assert "1985" in talk.last.text
