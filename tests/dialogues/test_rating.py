"""Thumbs on answers."""

import pytest

from dialogues.effects import Rate
from dialogues.events import Event
from dialogues.rating import read_rating
from dialogues.state import Doubt
from nlu.types import SERVED, LanguageCode
from tests.dialogues.talk import START, Talk, at, payloads


def rated(talk: Talk, payload: str) -> Talk:
    return talk.event(Event("payload", START, payload=payload, rated=True))


NO_RATINGS = [
    "rate:",
    "rate:up",
    "rate:up:",
    "rate:up:-1",
    "rate:up:x",
    "rate:up:7 ",
    "rate:up:٣",
    "rate:up:" + "9" * 20,
]


@pytest.mark.parametrize("payload", NO_RATINGS)
def test_what_is_no_rating_is_an_old_button(payload: str) -> None:
    assert read_rating(payload) is None
    assert "no longer applies" in Talk().press(payload).said[0].text


def test_a_thumb_up_says_nothing() -> None:
    talk = Talk().sure("What is Hebei?", "region:hebei")
    before = talk.state
    assert rated(talk, "rate:up:3").effects == (Rate(3, helpful=True),)
    assert talk.state == before


@pytest.mark.parametrize("language", SERVED)
def test_a_thumb_down_asks_what_was_missed_and_offers_a_person(language: LanguageCode) -> None:
    talk = rated(Talk(language).sure("Hebei", "region:hebei"), "rate:down:3")
    assert talk.done(Rate) == [Rate(3, helpful=False)]
    assert [m.kind for m in talk.said] == ["notice"]
    assert payloads(talk.last) == ["action:human"]
    assert not talk.last.topics


def test_one_may_vote_twice_and_change_ones_mind() -> None:
    talk = Talk().sure("Hebei", "region:hebei")
    votes = [rated(talk, f"rate:{thumb}:3").done(Rate)[0].helpful for thumb in ("down", "down", "up", "down")]
    assert votes == [False, False, True, False]


def test_what_is_no_answer_of_this_conversation_is_passed_over() -> None:
    assert Talk().press("rate:down:99").effects == ()


def test_a_coordinators_conversation_stays_silent() -> None:
    talk = rated(Talk(owner="coordinator"), "rate:down:3")
    assert talk.effects == (Rate(3, helpful=False),)


@pytest.mark.parametrize("slot", ["company_name", "challenges", "solution", "consent", "review"])
def test_a_form_stays_as_it_was(slot: str) -> None:
    talk = Talk(form=at(slot)).sure("What is Hebei?", "region:hebei")
    before = talk.state
    rated(talk, "rate:down:3")
    assert talk.state.form == before.form
    assert "form" in talk.last.text
    assert talk.state.offered[: len(before.offered)] == before.offered
    assert talk.state == before.model_copy(update={"offered": talk.state.offered})


def test_what_yes_stands_for_survives_a_rating() -> None:
    talk = Talk().sure("tell me more", "unknown:other")
    assert rated(talk, "rate:down:1").state.yes == "action:human"


def test_a_doubted_answer_can_still_be_taken_back() -> None:
    talk = Talk(form=at("solution"))
    talk.state = talk.state.model_copy(update={"doubt": Doubt(slot="company_name", topic="region:hebei")})
    assert rated(talk, "rate:down:1").state.doubt is not None


@pytest.mark.parametrize("thumb", ["up", "down"])
def test_the_question_whether_to_erase_stays_open(thumb: str) -> None:
    talk = rated(Talk().press("command:delete"), f"rate:{thumb}:1")
    assert talk.said == []
    assert talk.press("erase:yes").last.kind == "notice"
    asked = rated(Talk().press("command:delete"), f"rate:{thumb}:1")
    assert "being erased" in asked.text("yes").last.text


def test_the_person_offered_can_be_typed() -> None:
    talk = rated(Talk(form=at("company_name")).sure("What is Hebei?", "region:hebei"), "rate:down:3")
    title = talk.last.buttons[0].title
    assert talk.text(title).awaiting == "company_name"
    assert any("passed your request" in m.text for m in talk.said)
