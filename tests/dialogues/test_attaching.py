"""Files during a form, outside of one, on the review."""

import pytest

from dialogues.attaching import MOST
from dialogues.effects import HandOff, Submit
from dialogues.events import Event
from dialogues.state import Attachment
from nlu.types import LanguageCode
from tests.dialogues.talk import START, Talk, at, payloads, understood


def a_file(number: int = 7, name: str = "Brochure.pdf", text: str = "", later: bool = False) -> Event:
    attachment = Attachment(id=number, name=name, type="application/pdf", size=1000)
    heard = understood(text) if text else None
    return Event("attachment", START, text=text, understanding=heard, attachment=attachment, later=later)


@pytest.mark.parametrize(
    ("language", "line"),
    [("en", "added Brochure.pdf"), ("nl", "Brochure.pdf bij uw antwoorden"), ("zh-Hans", "已将 Brochure.pdf")],
)
def test_a_file_is_kept_in_one_line_and_the_question_put_again(language: LanguageCode, line: str) -> None:
    talk = Talk(language, at("solution"))
    talk.event(a_file())
    assert [a.name for a in talk.draft.attachments] == ["Brochure.pdf"]
    [message] = talk.said
    assert line in message.text
    assert (message.kind, talk.awaiting) == ("form", "solution")
    assert "form:cancel" in payloads(message)


def test_what_is_written_to_a_file_is_heard_as_text() -> None:
    talk = Talk("en", at("solution"))
    talk.event(a_file(text="We take metals out of mine water."))
    assert talk.draft.slots["solution"] == "We take metals out of mine water."
    assert talk.draft.attachments
    assert talk.awaiting == "track_record"


def test_further_files_of_an_album_are_told_in_a_line() -> None:
    talk = Talk("en", at("solution"))
    talk.event(a_file(7)).event(a_file(8, "Plan.pdf", later=True))
    assert [(m.kind, len(m.buttons)) for m in talk.said] == [("notice", 0)]
    assert len(talk.draft.attachments) == 2


def test_more_than_five_are_declined_kindly() -> None:
    talk = Talk("en", at("solution"))
    for number in range(MOST):
        talk.event(a_file(number))
    talk.event(a_file(99, "Sixth.pdf"))
    assert "Sixth.pdf is not kept" in talk.last.text
    assert len(talk.draft.attachments) == MOST


def test_the_review_names_files_and_removes_them() -> None:
    talk = Talk("en", at("review"))
    talk.event(a_file(7)).event(a_file(8, "A very long name of a file that no button can show.docx"))
    assert "Files: Brochure.pdf, A very long name" in talk.last.text
    assert {"remove:7", "remove:8", "form:confirm"} <= set(payloads(talk.last))
    talk.text("Remove: Brochure.pdf")
    assert [a.id for a in talk.draft.attachments] == [8]
    assert "removed Brochure.pdf" in talk.last.text
    talk.press("remove:7")
    assert "earlier step" in talk.said[0].text
    talk.press("form:confirm")
    [submit] = talk.done(Submit)
    assert submit.attachments == (8,)


def test_files_survive_a_pause() -> None:
    talk = Talk("en", at("solution"))
    talk.event(a_file()).press("form:stop")
    assert talk.state.form is None
    talk.press("form:resume")
    assert talk.draft.attachments[0].id == 7


@pytest.mark.parametrize(("language", "form"), [("en", "action:proposal"), ("zh-Hans", "action:need")])
def test_outside_a_form_one_is_offered(language: LanguageCode, form: str) -> None:
    talk = Talk(language)
    talk.event(a_file())
    [message] = talk.said
    assert message.kind == "notice"
    assert payloads(message) == [form, "action:human"]
    assert talk.event(a_file(8, later=True)).said == []
    talk.event(a_file())
    talk.text("yes" if language == "en" else "好的")
    assert talk.state.form is not None
    assert talk.draft.attachments == []


def test_a_coordinator_who_owns_the_conversation_gets_it() -> None:
    talk = Talk("en", at("solution"))
    talk.state.owner = "coordinator"
    talk.event(a_file())
    assert talk.effects == ()
    assert talk.done(HandOff) == []


@pytest.mark.parametrize("reason", ["file_type", "file_too_large", "file_empty", "file_lost"])
def test_a_file_that_was_not_taken_is_told_with_the_open_question(reason: str) -> None:
    talk = Talk("nl", at("solution"))
    talk.event(Event("unsupported", START, detail=reason))
    assert "bestand" in talk.said[0].text
    assert (talk.last.kind, talk.awaiting) == ("form", "solution")
