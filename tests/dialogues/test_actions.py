"""What people ask the assistant to do."""

import pytest

from dialogues.effects import Erase, Export, HandOff
from dialogues.events import IntakeStatus
from nlu.types import SERVED
from tests.dialogues.talk import REFERENCE, START, Talk, at, payloads


def test_a_person_is_asked_for() -> None:
    talk = Talk().text("I want to talk to a person")
    assert talk.done(HandOff) == [HandOff("I want to talk to a person")]
    assert talk.last.topics == ("action:human",)
    assert talk.state.owner == "assistant"


def test_a_person_asked_for_in_a_form_leaves_it_open() -> None:
    talk = Talk(form=at("solution")).text("coordinator")
    assert talk.done(HandOff)
    assert talk.last.kind == "form"
    assert talk.awaiting == "solution"


@pytest.mark.parametrize("status", ["received", "claimed", "closed", "withdrawn"])
def test_the_status_of_an_intake(status: str) -> None:
    for language in SERVED:
        talk = Talk(language)
        talk.intakes = (IntakeStatus(REFERENCE, "proposal", status, START),)
        talk.press("action:status")
        assert REFERENCE in talk.last.text
        assert "2026-03-02" in talk.last.text
        assert talk.last.topics == ("action:status",)


def test_every_intake_has_its_line() -> None:
    talk = Talk()
    talk.intakes = tuple(IntakeStatus(f"I2P-00000{n}", "proposal", "received", START) for n in range(3))
    assert len(talk.press("action:status").last.text.splitlines()) == 3


def test_no_intake_yet_and_yes_starts_one() -> None:
    talk = Talk().text("status")
    assert "action:proposal" in payloads(talk.last)
    assert talk.text("yes").awaiting == "company_name"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("/language nl", "nl"),
        ("/language Dutch", "nl"),
        ("/language zh", "zh-Hans"),
        ("/language zh-TW", "zh-Hant"),
        ("/language 中文", "zh-Hans"),
        ("spreek Nederlands aub", "nl"),
        ("请说中文", "zh-Hans"),
        ("繁體中文", "zh-Hant"),
        ("English please", "en"),
    ],
)
def test_the_language_is_switched(text: str, code: str) -> None:
    for form in (None, at("solution")):
        talk = Talk("en" if code != "en" else "nl", form=form).text(text)
        assert talk.state.language == code
        assert talk.state.language_chosen
        assert talk.said[0].topics == ("action:language",)
        assert talk.awaiting == ("solution" if form else None)


@pytest.mark.parametrize("text", ["/language", "/language klingon", "change language", "andere taal"])
def test_the_choice_of_languages_is_offered(text: str) -> None:
    talk = Talk().text(text)
    assert payloads(talk.last) == [f"language:{code}" for code in SERVED]
    assert talk.last.topics == ("action:language",)
    assert not talk.state.language_chosen


@pytest.mark.parametrize("text", ["/delete", "delete my data", "wis mijn gegevens", "删除我的数据"])
def test_erasing_asks_once(text: str) -> None:
    talk = Talk(form=at("solution")).text(text)
    assert not talk.done(Erase)
    assert payloads(talk.last) == ["erase:yes", "erase:no"]
    assert talk.text("yes").done(Erase)


@pytest.mark.parametrize("yes", ["ja", "Yes, erase everything", "/delete", "是的"])
def test_erasing_is_confirmed_in_words(yes: str) -> None:
    talk = Talk().text("/delete")
    if yes == "/delete":
        assert payloads(talk.text(yes).last) == ["erase:yes", "erase:no"]
        yes = "yes"
    assert talk.text(yes).done(Erase)


@pytest.mark.parametrize("no", ["no", "nee", "No, keep it", "cancel", "不"])
def test_erasing_is_called_off(no: str) -> None:
    talk = Talk(form=at("solution")).text("delete my data").text(no)
    assert not talk.done(Erase)
    assert talk.state.confirming is None
    assert talk.awaiting == "solution"
    assert not talk.text("yes").done(Erase)


def test_a_yes_to_something_else_erases_nothing() -> None:
    from dialogues.events import Event

    for between in (Event("unsupported", START, detail="photo"), Event("edited", START, text="no")):
        talk = Talk(form=at("consent")).text("/delete").event(between).text("yes")
        assert not talk.done(Erase)
        assert talk.awaiting == "review"


def test_an_export_is_made() -> None:
    talk = Talk().text("/export")
    assert talk.done(Export)
    assert talk.last.kind == "notice"


def test_help_tells_what_can_be_done() -> None:
    for text in ("/help", "wat kunt u", "您能做什么"):
        assert Talk().text(text).last.topics == ("assistant:capabilities",)


def test_start_greets_or_takes_up_the_open_form() -> None:
    assert Talk().text("/start").last.topics == ("smalltalk:greeting",)
    assert "still open" in Talk(form=at("solution")).text("/start").last.text


def test_the_last_topic_is_repeated() -> None:
    talk = Talk().press("region:hebei")
    said = talk.last.text
    assert talk.text("say that again").last.text == said
    assert Talk().text("repeat").last.topics == ("smalltalk:greeting",)
    assert Talk(form=at("solution")).text("repeat the question").last.text.startswith("Step 6")


def test_waiting_loses_nothing() -> None:
    talk = Talk(form=at("solution")).text("one moment")
    assert talk.last.kind == "notice"
    assert talk.draft == at("solution")
    assert payloads(talk.last) == ["form:continue"]
    assert talk.press("form:continue").last.text.startswith("Step 6")
    assert not Talk().text("one moment").last.buttons


def test_commands_of_a_form_without_one() -> None:
    for text in ("back", "skip", "cancel"):
        assert "no form open" in Talk().text(text).last.text


def test_small_talk_in_a_form_puts_the_question_again() -> None:
    talk = Talk(form=at("solution")).text("thank you")
    assert talk.said[0].topics == ("smalltalk:thanks",)
    assert talk.last.text.startswith("Back to your form")
