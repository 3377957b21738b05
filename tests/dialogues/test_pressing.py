"""Buttons, also old ones and payloads that nobody offered."""

import pytest

from dialogues.effects import Submit
from tests.dialogues.talk import PROPOSAL, Talk, at, knowledge, payloads

GARBAGE = ["", ":", "slot:", "slot:province", "slot:x=y", "edit:", "edit:nothing", "smalltalk:nothing",
           "unknown:nothing", "region:atlantis", "command:", "form:nothing", "affirm", "x" * 300, "{reference}",
           "slot:province=province:atlantis", "option.alone", "\x00"]  # fmt: skip


@pytest.mark.parametrize("payload", GARBAGE)
def test_garbage_is_answered_kindly(payload: str) -> None:
    talk = Talk().press(payload)
    assert talk.said[0].kind == "notice"
    assert "no longer applies" in talk.said[0].text
    assert talk.said[-1].buttons


@pytest.mark.parametrize("payload", GARBAGE)
def test_garbage_in_a_form_loses_nothing(payload: str) -> None:
    talk = Talk(form=at("solution")).press(payload)
    assert talk.last.kind == "form"
    assert talk.awaiting == "solution"
    assert talk.draft == at("solution")


def test_every_topic_opens_by_its_identifier() -> None:
    for topic in knowledge().topics.values():
        if topic.facts:
            assert Talk().press(topic.id).last.topics == (topic.id,)


def test_a_topic_opens_in_a_form_too() -> None:
    talk = Talk(form=at("solution")).press("region:hebei")
    assert [m.kind for m in talk.said] == ["answer", "form"]
    assert talk.awaiting == "solution"


def test_the_bare_value_of_an_option_answers_the_open_choice() -> None:
    assert Talk(form=at("province")).press("province:limburg").awaiting == "challenges"
    assert Talk(form=at("collaboration_mode")).press("alone").draft.slots["collaboration_mode"] == "alone"
    assert Talk(form=at("challenges")).press("challenge:hydrogen").draft.selected == ["challenge:hydrogen"]


def test_an_older_choice_can_be_pressed_again() -> None:
    talk = Talk(form=at("solution")).press("slot:province=province:limburg")
    assert talk.draft.slots["province"] == "province:limburg"
    assert "changed from “Antwerp” to “Limburg" in talk.last.text
    assert talk.awaiting == "solution"


@pytest.mark.parametrize(
    "payload",
    [
        "slot:challenges=challenge:hydrogen",
        "slot:collaboration_mode=alone",
        "slot:consortium_role=lead",
        "slot:consent=yes",
        "slot:region=region:hebei",
        "slot:company_name=Mallory",
    ],
)
def test_a_slot_that_is_not_open_takes_no_press(payload: str) -> None:
    talk = Talk(form=at("solution")).press(payload)
    assert talk.draft == at("solution")
    assert "no longer applies" in talk.last.text


def test_consent_is_pressed_where_it_is_asked() -> None:
    assert Talk(form=at("consent")).press("slot:consent=yes").awaiting == "review"
    assert Talk(form=at("consent")).press("slot:consent=no").state.form is None
    assert Talk(form=at("consent")).press("slot:consent=maybe").awaiting == "consent"


def test_buttons_of_a_form_that_is_closed() -> None:
    for payload in ("slot:province=province:limburg", "edit:province", "doubt:question"):
        assert "no longer applies" in Talk().press(payload).said[0].text
    for payload in ("form:confirm", "form:back", "form:skip", "form:done", "form:stop", "form:discard"):
        talk = Talk().press(payload)
        assert "no form open" in talk.last.text
        assert not talk.done(Submit)
        assert "action:proposal" in payloads(talk.last)


def test_editing_a_field() -> None:
    talk = Talk(form=at("review")).press("edit:consent")
    assert talk.awaiting == "consent"
    assert Talk(form=at("review")).press("edit:review").awaiting == "review"
    assert Talk(form=at("review")).press("edit:consortium_role").awaiting == "review"
    assert Talk(form=at("review")).press("edit:province").press("form:continue").draft.slots == PROPOSAL
