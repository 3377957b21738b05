"""Whether a reminder is offered, and what is made of the answer."""

from dataclasses import replace

import pytest

from dialogues.events import Event
from tests.dialogues.talk import Talk, at, payloads


class OnTelegram(Talk):
    def event(self, event: Event) -> Talk:
        return super().event(replace(event, reminds=True))


def paused() -> OnTelegram:
    talk = OnTelegram(form=at("province"))
    talk.press("form:stop")
    return talk


@pytest.mark.parametrize(("text", "wanted"), [("yes", True), ("ja graag", True), ("no", False), ("不用了", False)])
def test_the_answer_in_words(text: str, wanted: bool) -> None:
    talk = paused().text(text)
    assert talk.state.paused is not None
    assert talk.state.paused.remind is wanted


def test_it_is_offered_after_the_form_was_set_aside_and_by_buttons() -> None:
    talk = paused()
    assert payloads(talk.last) == ["remind:yes", "remind:no"]
    assert talk.press("remind:yes").state.paused.remind  # type: ignore[union-attr]
    assert not talk.press("remind:no").state.paused.remind  # type: ignore[union-attr]


def test_without_an_answer_nobody_is_reminded() -> None:
    talk = paused().text("hello")
    assert talk.state.paused is not None
    assert not talk.state.paused.remind


def test_a_form_set_aside_again_is_asked_about_again() -> None:
    talk = paused().press("remind:yes").text("continue").press("form:stop")
    assert talk.state.paused is not None
    assert not talk.state.paused.remind
    assert talk.state.confirming == "remind"


def test_where_the_channel_brings_none_it_is_not_offered() -> None:
    talk = Talk(form=at("province")).press("form:stop")
    assert talk.state.confirming is None
    assert "remind:yes" not in payloads(talk.last)


def test_an_old_button_reminds_of_nothing() -> None:
    assert OnTelegram().press("remind:yes").state.paused is None


@pytest.mark.parametrize("payload", ["remind:yes", "remind:no"])
def test_an_old_button_in_an_open_form_puts_the_question_again(payload: str) -> None:
    assert OnTelegram(form=at("province")).press(payload).last.kind == "form"
