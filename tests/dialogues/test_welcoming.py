"""Coming back after days of silence."""

import pytest

from nlu.types import SERVED, LanguageCode
from tests.dialogues.talk import Talk, at, payloads


@pytest.mark.parametrize("language", SERVED)
def test_a_form_left_open_is_named_once(language: LanguageCode) -> None:
    talk = Talk(language, form=at("province")).text("?").later(days=1).text("Antwerpen")
    greeting, question = talk.said
    assert "4" in greeting.text
    assert question.kind == "form"
    assert talk.draft.slots["province"] == "province:antwerp"
    assert len(talk.text("?").said) == 1


def test_a_draft_set_aside_is_one_tap_away() -> None:
    talk = Talk(form=at("province")).press("form:stop").later(days=3).text("hello")
    assert "unfinished form" in talk.said[0].text
    assert payloads(talk.said[0]) == ["form:resume"]
    assert talk.press("form:resume").awaiting == "province"


def test_who_takes_the_draft_up_is_welcomed_once() -> None:
    talk = Talk(form=at("province")).press("form:stop").later(days=3).text("continue")
    assert len(talk.said) == 1


def test_a_draft_too_old_is_not_promised() -> None:
    talk = Talk(form=at("province")).press("form:stop").later(days=31).text("hello")
    assert len(talk.said) == 1


def test_what_was_talked_about_is_named() -> None:
    talk = Talk().press("region:hebei").later(days=2).text("hello")
    assert "Hebei" in talk.said[0].text


@pytest.mark.parametrize("hours", [0, 23])
def test_within_a_day_nobody_is_welcomed_back(hours: int) -> None:
    talk = Talk(form=at("province")).text("?").later(hours=hours).text("Antwerpen")
    assert len(talk.said) == 1


def test_without_anything_to_come_back_to_there_is_no_greeting() -> None:
    assert len(Talk().text("hello").later(days=9).text("hello").said) == 1
