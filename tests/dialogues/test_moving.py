"""The code for another channel, given and typed."""

from dataclasses import replace

import pytest

from dialogues.effects import IssueCode, MissCode, TakeOver
from dialogues.events import Event, IntakeStatus
from dialogues.moving import read_code
from dialogues.state import State
from nlu.types import SERVED, LanguageCode
from tests.dialogues.talk import CODE, REFERENCE, START, Talk, at, payloads


class Bringing(Talk):
    """A conversation to which a right code brings another one's state."""

    brought: State | None = None

    def event(self, event: Event) -> Talk:
        return super().event(replace(event, brought=self.brought))


@pytest.mark.parametrize("text", ["continue on Telegram", "/move", "verdergaan op Telegram", "在 Telegram 继续"])
def test_a_code_is_given_in_words(text: str) -> None:
    talk = Talk(form=at("solution")).text(text)
    assert talk.done(IssueCode) == [IssueCode(CODE)]
    assert "34CF-79GH" in talk.said[0].text
    assert talk.awaiting == "solution"


def test_a_draft_set_aside_or_an_intake_can_be_taken_along() -> None:
    talk = Talk(form=at("solution")).press("form:stop")
    assert "action:move" in payloads(talk.last)
    assert talk.press("action:move").done(IssueCode)
    sent = Talk()
    sent.intakes = (IntakeStatus(REFERENCE, "need", "received", START),)
    assert sent.press("action:move").done(IssueCode)


def test_without_anything_to_take_along_no_code_is_given() -> None:
    assert not Talk().text("continue on Telegram").done(IssueCode)


@pytest.mark.parametrize("language", SERVED)
@pytest.mark.parametrize("text", ["34CF-79GH", "34cf79gh", "/start 34CF79GH"])
def test_a_right_code_goes_on_where_the_other_was(language: LanguageCode, text: str) -> None:
    talk = Bringing("en")
    talk.brought = State(language=language, language_chosen=True, form=at("province"), topic="region:hebei")
    talk.text(text)
    (taken,) = talk.done(TakeOver)
    assert taken.code == CODE
    assert taken.farewell
    assert talk.awaiting == "province"
    assert talk.state.language == language
    assert talk.last.kind == "form"


def test_a_draft_set_aside_there_is_one_tap_away_and_no_longer_reminded_of() -> None:
    talk = Bringing()
    talk.brought = State(paused=at("province").model_copy(update={"paused_at": START, "remind": True}))
    talk.text(CODE)
    assert payloads(talk.last)[0] == "form:resume"
    assert talk.state.paused is not None
    assert not talk.state.paused.remind


def test_of_two_drafts_none_is_lost() -> None:
    talk = Bringing(form=at("solution"))
    talk.brought = State(form=at("province"))
    talk.text(CODE)
    assert not talk.done(TakeOver)
    assert not talk.done(MissCode)
    assert talk.awaiting == "solution"
    assert "unfinished form here, too" in talk.said[0].text


@pytest.mark.parametrize("form", [None, "company_name", "solution"])
def test_a_wrong_code_is_counted_and_is_no_answer(form: str | None) -> None:
    talk = Talk(form=at(form) if form else None).text("34CF-79GH")
    assert talk.done(MissCode)
    assert talk.awaiting == form
    assert "does not work" in talk.said[0].text


@pytest.mark.parametrize("text", ["NXTGRWTH", "47694376", "34CF79G", "34CF79GHH", "ABCD1234", "34CF 79GH NV"])
def test_names_and_numbers_are_no_codes(text: str) -> None:
    assert read_code(text) is None
