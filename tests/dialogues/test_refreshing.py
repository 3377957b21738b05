"""Conversations that go on after the knowledge was edited: what they speak of may be gone."""

from functools import cache
from typing import Any

import pytest

from dialogues.effects import Say, Submit
from dialogues.engine import Dialogue, Step
from dialogues.events import Event
from dialogues.messages import Message
from dialogues.state import Choice, Doubt, Draft, State
from knowledge.base import KnowledgeBase
from tests.dialogues.talk import PROPOSAL, REFERENCE, START, Talk, at, dialogue, knowledge, understood

GONE = ("region:chongqing", "challenge:sludge-treatment", "province:antwerp")


@cache
def edited() -> Dialogue:
    """The dialogue over a knowledge base from which three topics were taken."""
    kb = knowledge()
    kept = [
        t.model_copy(update={"follow_ups": tuple(f for f in t.follow_ups if f not in GONE)})
        for t in kb.topics.values()
        if t.id not in GONE
    ]
    ties = [t for t in kb.ties() if t.region not in GONE and t.challenge not in GONE]
    return Dialogue(KnowledgeBase(kb.languages, kb.programme, kept, ties, kb.sources.values(), kb.reasons))


def state(form: Draft | None = None, **more: Any) -> State:
    return State(language="en", disclosed=True, form=form, **more)


def press(before: State, payload: str) -> Step:
    return edited().step(before, Event("payload", START, payload=payload, reference=REFERENCE))


def hear(before: State, text: str, *intents: str) -> Step:
    return edited().step(before, Event("text", START, text=text, understanding=understood(text, *intents)))


def said(step: Step) -> list[Message]:
    return [e.message for e in step.effects if isinstance(e, Say)]


@pytest.mark.parametrize("text", ["again", "why?", "and since when?", "and in Hebei?", "where does that come from?"])
def test_a_topic_that_is_gone_is_not_spoken_of(text: str) -> None:
    before = state(topic="region:chongqing", beside="challenge:sludge-treatment", told=["S1"])
    step = hear(before, text, "region:hebei")
    assert step.state.topic not in GONE
    assert said(step)
    assert not {t for m in said(step) for t in m.topics} & set(GONE)


def test_a_typed_button_of_a_topic_that_is_gone_is_answered_kindly() -> None:
    step = hear(state(offered=[Choice(title="Chongqing", payload="region:chongqing")]), "Chongqing")
    assert "no longer applies" in said(step)[0].text
    assert said(step)[1].buttons


def test_a_yes_and_a_doubt_about_what_is_gone_are_answered_kindly() -> None:
    assert "no longer applies" in said(hear(state(yes="region:chongqing"), "yes"))[0].text
    doubt = Doubt(slot="company_name", topic="region:chongqing")
    assert "no longer applies" in said(press(state(at("contact_name"), doubt=doubt), "doubt:question"))[0].text


def test_an_open_form_goes_on_where_it_was() -> None:
    step = hear(state(at("contact_email", company_name="Edited NV")), "an@aquapura.be")
    assert step.state.form is not None
    assert step.state.form.slots["company_name"] == "Edited NV"
    assert step.state.form.awaiting == "province"


def test_answers_that_are_gone_are_told_and_asked_again_before_the_review() -> None:
    step = press(state(at("review")), "form:confirm")
    assert not [e for e in step.effects if isinstance(e, Submit)]
    first, *_, last = said(step)
    assert first.text.endswith("Province, Challenges, Preferred regions.")
    assert "In which province" in last.text
    form = step.state.form
    assert form is not None
    assert form.slots["challenges"] == ["challenge:industrial-water"]
    for answer, awaiting in (("Limburg", "preferred_regions"), ("none", "review")):
        step = hear(step.state, answer)
        assert step.state.form is not None
        assert step.state.form.awaiting == awaiting
    [intake] = [e for e in press(step.state, "form:confirm").effects if isinstance(e, Submit)]
    assert intake.slots["province"] == "province:limburg"
    assert intake.slots["solution"] == PROPOSAL["solution"]


def test_ticks_that_are_gone_are_unticked() -> None:
    draft = at("challenges")
    draft.selected = ["challenge:sludge-treatment", "challenge:hydrogen"]
    step = press(state(draft), "slot:challenges=challenge:industrial-water")
    assert step.state.form is not None
    assert step.state.form.selected == ["challenge:industrial-water", "challenge:hydrogen"]


def test_a_form_set_aside_is_taken_up_without_what_is_gone() -> None:
    paused = at("consent")
    paused.paused_at = START
    step = press(state(paused=paused), "form:resume")
    assert step.state.form is not None
    assert "province" not in step.state.form.slots
    assert step.state.form.awaiting == "consent"


def test_nothing_is_told_when_nothing_is_gone() -> None:
    talk = Talk(form=at("consent")).press("slot:consent=yes")
    assert [m.kind for m in talk.said] == ["form"]
    assert dialogue().world.kb is knowledge()
