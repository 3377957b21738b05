"""The step as a whole: who speaks when, and what a message of each kind carries."""

from typing import Any

import pytest

from dialogues.effects import Effect, Erase, Export, Submit
from dialogues.events import Event
from dialogues.state import State, load_state
from nlu.types import SERVED, Detection
from tests.dialogues.talk import START, Talk, at, dialogue, understood


def test_the_first_message_says_that_an_assistant_speaks_once() -> None:
    for language in SERVED:
        talk = Talk(language)
        talk.state = State(language=language)
        talk.text("Hebei", "region:hebei", verdict="sure")
        assert [m.kind for m in talk.said] == ["notice", "answer"]
        assert not talk.said[0].topics
        assert "I²PCC" in talk.said[0].text
        assert len(talk.text("Hebei", "region:hebei", verdict="sure").said) == 1


def test_the_disclosure_comes_before_whatever_comes_first() -> None:
    firsts = [
        Event("payload", START, payload="action:proposal"),
        Event("text", START, text="/delete"),
        Event("unsupported", START, detail="sticker"),
        Event("edited", START, text="hello"),
    ]
    for event in firsts:
        talk = Talk()
        talk.state = State()
        talk.event(event)
        assert talk.state.disclosed
        assert "automated assistant" in talk.said[0].text


def test_the_first_words_choose_the_language() -> None:
    talk = Talk()
    talk.state = State(hint="en")
    talk.text("Goeiedag", "smalltalk:greeting", verdict="sure", detected=Detection("nl", 0.9))
    assert talk.state.language == "nl"
    assert "geautomatiseerde assistent" in talk.said[0].text


def test_the_hint_counts_until_something_is_said() -> None:
    talk = Talk()
    talk.state = State(hint="zh-Hant")
    assert talk.press("regions").said[0].text.startswith("您好！我是")
    assert "自動助手" in talk.said[0].text


@pytest.mark.parametrize(
    "event",
    [
        Event("text", START, text="Hello there"),
        Event("text", START, text="/help"),
        Event("text", START, text="yes"),
        Event("payload", START, payload="action:proposal"),
        Event("payload", START, payload="form:confirm"),
        Event("payload", START, payload="slot:consent=no"),
        Event("payload", START, payload="action:human"),
        Event("unsupported", START, detail="photo", text="/delete"),
        Event("edited", START, text="/export"),
        Event("edited", START, text="delete my data"),
    ],
)
def test_the_assistant_is_silent_while_a_coordinator_owns(event: Event) -> None:
    for form in (None, at("review")):
        talk = Talk(owner="coordinator", form=form).event(event)
        assert talk.effects == ()
        assert talk.state.form == form


def test_rights_are_served_while_a_coordinator_owns() -> None:
    for form in (None, at("solution")):
        talk = Talk(owner="coordinator", form=form)
        assert talk.text("delete my data").state.confirming == "erase"
        assert [m.kind for m in talk.said] == ["notice"]
        assert talk.text("Ja").done(Erase)
        talk = Talk(owner="coordinator", form=form).press("command:export")
        assert talk.done(Export)
        assert [m.kind for m in talk.said] == ["notice"]
        assert [m.kind for m in Talk(owner="coordinator", form=form).press("erase:no").said] == ["notice"]


def test_another_message_to_the_coordinator_is_no_yes() -> None:
    talk = Talk(owner="coordinator").text("/delete").text("Could you call me?")
    assert talk.effects == ()
    assert not talk.text("yes").done(Erase)


def test_the_state_given_is_left_alone() -> None:
    for payload in ("slot:province=province:limburg", "form:back", "form:stop", "command:delete", "action:human"):
        state = State(language="en", form=at("challenges"))
        before = state.model_copy(deep=True)
        dialogue().step(state, Event("payload", START, payload=payload))
        assert state == before


def test_the_same_step_gives_the_same() -> None:
    event = Event("text", START, text="hydrogen in Hebei", understanding=understood("hydrogen in Hebei"))
    assert dialogue().step(State(), event) == dialogue().step(State(), event)


def test_messages_carry_what_the_web_contract_asks() -> None:
    fact = Talk().sure("Hebei?", "region:hebei").last
    assert (fact.kind, fact.topics, bool(fact.sources)) == ("answer", ("region:hebei",), True)
    assert Talk().text("hm", "region:hebei").last.topics == ()
    assert Talk().sure("pizza?", "out-of-scope").last.topics == ("out-of-scope",)
    assert Talk().sure("fees?", "unknown:fees").last.topics == ("unknown:fees",)
    assert Talk().text("hello").last.topics == ("smalltalk:greeting",)
    for message in Talk(form=at("province")).text("Limburg").said:
        assert (message.kind, message.topics, message.sources) == ("form", (), ())


@pytest.mark.parametrize(
    "detail", ["sticker", "photo", "voice", "video", "document", "location", "contact", "other", "hologram"]
)
def test_what_cannot_be_read_is_answered_kindly(detail: str) -> None:
    for language in SERVED:
        talk = Talk(language, form=at("solution")).event(Event("unsupported", START, detail=detail))
        assert [m.kind for m in talk.said] == ["notice", "form"]
        assert talk.draft == at("solution")
        assert [m.kind for m in Talk(language).event(Event("unsupported", START, detail=detail)).said] == ["notice"]


def test_an_edited_message_changes_nothing() -> None:
    talk = Talk(form=at("solution")).event(Event("edited", START, text="Groen BV"))
    assert talk.draft == at("solution")
    assert [m.kind for m in talk.said] == ["notice", "form"]


def test_an_unknown_command_is_told() -> None:
    assert "/help" in Talk().text("/nonsense").last.text
    assert [m.kind for m in Talk(form=at("solution")).text("/nonsense").said] == ["notice", "form"]


def test_a_stored_state_is_read_again() -> None:
    state = State(language="nl", form=at("challenges"), paused=at("solution"))
    assert load_state(state.model_dump(mode="json")) == state
    assert load_state(None) == load_state({}) == State()


@pytest.mark.parametrize("data", [{"version": 99}, {"version": None}, {"version": 1, "mood": "good"}])
def test_a_state_of_another_release_is_told(data: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        load_state(data)


def test_notices_from_outside_a_step() -> None:
    for language in SERVED:
        for key in ("coordinator_joined", "coordinator_left"):
            assert dialogue().notice(key, language, name="Els").strip()
        assert "Els" in dialogue().notice("coordinator_joined", language, name="Els")


def test_sending_in_is_the_last_thing_a_form_does() -> None:
    talk = Talk(form=at("review")).press("form:confirm")
    effects: list[type[Effect]] = [type(e) for e in talk.effects]
    assert effects[0] is Submit
    assert talk.press("form:confirm").done(Submit) == []
