"""Files that come after an intake was sent in: offered to be added, and added to the one that is meant."""

from datetime import timedelta

import pytest

from dialogues.attaching import MOST
from dialogues.effects import Add, Enclose
from dialogues.events import IntakeStatus
from nlu.types import LanguageCode
from tests.dialogues.talk import START, Talk, at, payloads
from tests.dialogues.test_attaching import a_file

FIRST, SECOND = "I2P-7K3F9Q", "I2P-4H6JKM"


def after_submission(*references: str, language: LanguageCode = "en", status: str = "received") -> Talk:
    talk = Talk(language)
    talk.intakes = tuple(IntakeStatus(r, "proposal", status, START) for r in references or (FIRST,))
    return talk


@pytest.mark.parametrize(
    ("language", "yes", "line"),
    [
        ("en", "yes", "added Brochure.pdf to I2P-7K3F9Q"),
        ("nl", "ja graag", "Brochure.pdf toegevoegd aan I2P-7K3F9Q"),
        ("zh-Hans", "好的", "已把 Brochure.pdf 补充到 I2P-7K3F9Q"),
    ],
)
def test_it_is_offered_and_a_yes_adds_it(language: LanguageCode, yes: str, line: str) -> None:
    talk = after_submission(language=language).event(a_file())
    assert payloads(talk.last) == ["intake:enclose", "intake:unenclose"]
    assert "Brochure.pdf" in talk.last.text
    assert FIRST in talk.last.text
    assert talk.effects == tuple(e for e in talk.effects if not isinstance(e, Enclose))
    talk.text(yes)
    assert talk.done(Enclose) == [Enclose(FIRST, (7,))]
    assert line in talk.last.text
    assert talk.state.waiting is None


@pytest.mark.parametrize("no", ["no", "cancel", "No, don't keep it"])
def test_a_no_keeps_nothing(no: str) -> None:
    talk = after_submission().event(a_file()).text(no)
    assert talk.done(Enclose) == []
    assert talk.state.waiting is None
    assert "Brochure.pdf is not kept" in talk.last.text


@pytest.mark.parametrize("answer", [SECOND, SECOND.lower(), f"add it to {SECOND}"])
def test_of_several_the_one_is_asked_for_once(answer: str) -> None:
    talk = after_submission(FIRST, SECOND).event(a_file())
    assert payloads(talk.last) == [f"intake:enclose={FIRST}", f"intake:enclose={SECOND}", "intake:unenclose"]
    talk.text(answer)
    assert talk.done(Enclose) == [Enclose(SECOND, (7,))]


def test_a_yes_to_several_asks_which() -> None:
    talk = after_submission(FIRST, SECOND).event(a_file()).text("yes")
    assert f"intake:enclose={FIRST}" in payloads(talk.last)
    talk.press(f"intake:enclose={FIRST}")
    assert talk.done(Enclose) == [Enclose(FIRST, (7,))]


@pytest.mark.parametrize(
    "wish", ["add it to my proposal", "voeg het maar toe aan mijn voorstel", "把它补充到我的方案里"]
)
def test_it_waits_through_another_question(wish: str) -> None:
    talk = after_submission().event(a_file()).sure("where is Hebei?", "region:hebei")
    assert talk.last.kind == "answer"
    talk.text(wish)
    assert talk.done(Enclose) == [Enclose(FIRST, (7,))]


def test_it_can_be_added_with_a_form_open() -> None:
    talk = after_submission().event(a_file()).press("action:need").press("intake:enclose")
    assert talk.done(Enclose) == [Enclose(FIRST, (7,))]
    assert talk.awaiting == "organisation"
    assert talk.last.kind == "form"


def test_files_sent_together_are_added_together_with_what_was_written_to_them() -> None:
    talk = after_submission().event(a_file(7, text="our ISO certificate and the plan"))
    talk.event(a_file(8, "Plan.pdf", later=True))
    assert "Plan.pdf" in talk.last.text
    talk.text("yes")
    assert talk.done(Enclose) == [Enclose(FIRST, (7, 8))]
    assert talk.done(Add) == [Add(FIRST, "our ISO certificate and the plan")]


def test_what_is_written_to_it_can_say_where_it_belongs() -> None:
    talk = after_submission(FIRST, SECOND).event(a_file(text=f"please add this to {SECOND}"))
    assert talk.done(Enclose) == [Enclose(SECOND, (7,))]


def test_a_question_with_a_file_is_answered_too() -> None:
    talk = after_submission()
    file = a_file(text="what happens next?")
    heard = talk.sure("x", "programme:after-submission").effects
    assert heard
    talk.event(file)
    assert talk.state.waiting is not None


def test_a_file_is_an_addition_that_was_asked_for() -> None:
    talk = after_submission(FIRST, SECOND).press(f"intake:add={SECOND}").event(a_file())
    assert talk.done(Enclose) == [Enclose(SECOND, (7,))]
    assert talk.state.adding is None


def test_more_than_five_do_not_wait() -> None:
    talk = after_submission()
    for number in range(MOST):
        talk.event(a_file(number))
    talk.event(a_file(99, "Sixth.pdf"))
    assert "Sixth.pdf is not kept" in talk.last.text
    assert talk.state.waiting is not None
    assert len(talk.state.waiting.files) == MOST


def test_a_button_from_before_means_nothing_any_more() -> None:
    talk = after_submission().press("intake:enclose")
    assert talk.done(Enclose) == []
    assert "earlier step" in talk.said[0].text


@pytest.mark.parametrize("status", ["closed", "withdrawn"])
def test_with_no_open_intake_a_form_is_offered(status: str) -> None:
    talk = after_submission(status=status).event(a_file())
    assert payloads(talk.last)[0] == "action:proposal"
    assert talk.state.waiting is None


def test_an_intake_withdrawn_meanwhile_takes_none() -> None:
    talk = after_submission().event(a_file())
    talk.intakes = (IntakeStatus(FIRST, "proposal", "withdrawn", START + timedelta(hours=1)),)
    talk.press("intake:enclose")
    assert talk.done(Enclose) == []


def test_in_a_form_a_file_belongs_to_the_form() -> None:
    talk = after_submission()
    talk.state.form = at("solution")
    talk.event(a_file())
    assert talk.draft.attachments
    assert talk.state.waiting is None


@pytest.mark.parametrize("wish", ["add it", "voeg maar toe", "补充进去"])
def test_a_wish_to_add_is_a_yes_and_later_the_question_again(wish: str) -> None:
    talk = after_submission().event(a_file()).text(wish)
    assert talk.done(Enclose) == [Enclose(FIRST, (7,))]
    talk = after_submission().event(a_file()).sure("where is Hebei?", "region:hebei").text(wish)
    assert talk.done(Enclose) == []
    assert "intake:enclose" in payloads(talk.last)


def test_the_status_still_offers_it() -> None:
    talk = after_submission().event(a_file()).press("action:status")
    assert {"intake:enclose", "intake:unenclose", f"intake:add={FIRST}"} <= set(payloads(talk.last))
