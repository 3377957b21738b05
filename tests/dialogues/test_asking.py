"""Putting the questions: progress, what to press, and everything on one screen at the end."""

from itertools import pairwise

import pytest

from dialogues.texts import Voice
from nlu.types import SERVED, LanguageCode
from tests.dialogues.talk import PROPOSAL, Talk, at, dialogue, knowledge, payloads, titles

FORM = dialogue().world.forms["proposal"]


def test_each_question_tells_how_far_one_is() -> None:
    assert Talk(form=at("company_name")).press("form:continue").last.text.startswith("Step 1 of 10.")
    assert Talk("nl", form=at("province")).press("form:continue").last.text.startswith("Stap 4 van 10.")
    consortium = at("consortium_role", collaboration_mode="consortium")
    assert Talk(form=consortium).press("form:continue").last.text.startswith("Step 9 of 11.")


def test_the_first_question_has_no_way_back() -> None:
    assert payloads(Talk(form=at("company_name")).press("form:continue").last) == ["form:cancel"]
    assert payloads(Talk(form=at("contact_name")).press("form:continue").last) == ["form:back", "form:cancel"]


def test_an_optional_question_can_be_skipped() -> None:
    for slot in FORM.slots:
        if slot.type != "review" and not slot.when:
            shown = payloads(Talk(form=at(slot.id)).press("form:continue").last)
            assert ("form:skip" in shown) is slot.optional, slot.id


def test_options_are_numbered_where_many_may_be_chosen() -> None:
    talk = Talk(form=at("challenges")).press("form:continue")
    assert "1. Zero-emission" in talk.last.text
    assert "\n11. " in talk.last.text
    assert "1. " not in Talk(form=at("province")).press("form:continue").last.text


def test_ticks_show_and_done_appears() -> None:
    talk = Talk(form=at("challenges"))
    assert "form:done" not in payloads(talk.press("form:continue").last)
    talk.press("slot:challenges=challenge:hydrogen")
    assert [t for t in titles(talk.last.buttons) if t.startswith("✓ ")] == ["✓ Hydrogen"]
    assert payloads(talk.last)[0] == "form:done", "in sight, before a long list"
    assert "Hydrogen" in talk.last.text


@pytest.mark.parametrize("language", SERVED)
def test_the_review_shows_everything(language: LanguageCode) -> None:
    talk = Talk(language, form=at("review")).press("form:continue")
    assert talk.last.kind == "form"
    voice_names = [dialogue().world.kb.name(v, "en") for v in PROPOSAL["challenges"]] if language == "en" else []
    for shown in ("AquaPura NV", "An Peeters", "an.peeters@aquapura.be", PROPOSAL["solution"], *voice_names):
        assert shown in talk.last.text
    assert talk.last.text.count("•") == len(PROPOSAL)
    edits = [f"edit:{name}" for name in PROPOSAL]
    assert payloads(talk.last) == ["form:confirm", *edits, "form:cancel"]


def test_a_skipped_answer_is_shown_as_such() -> None:
    assert "Track record: (not given)" in Talk(form=at("review")).press("form:continue").last.text
    assert "业绩：（未填写）" in Talk("zh-Hans", form=at("review")).press("form:continue").last.text


def test_braces_in_an_answer_are_only_braces() -> None:
    talk = Talk(form=at("review", company_name="{0} {name} NV")).press("form:continue")
    assert "{0} {name} NV" in talk.last.text


def test_misses_are_explained_kindly_and_end_in_a_way_out() -> None:
    talk = Talk(form=at("contact_email"))
    first = talk.text("no mail here").last
    assert "I don't see an e-mail address" in first.text
    assert "At which e-mail address" in first.text
    second = talk.text("jan@voorbeeld").last
    assert "For example" in second.text
    third = talk.text("jan").last
    assert "coordinator" in third.text
    assert payloads(third)[0] == "action:human"
    assert talk.draft.failures == 3
    talk.text("jan@voorbeeld.be")
    assert talk.draft.failures == 0


def test_an_unclear_review_is_shown_again_then_explained_with_its_buttons() -> None:
    talk = Talk(form=at("review")).text("hmm perhaps")
    assert "AquaPura NV" in talk.last.text
    for _ in range(4):
        before = talk.last.text
        talk.text("hmm perhaps")
        assert talk.last.text != before
        assert "form:confirm" in payloads(talk.last)


def test_why_is_told_and_the_question_put_again() -> None:
    talk = Talk(form=at("contact_email")).text("why do you need this?")
    assert "A coordinator uses it" in talk.last.text
    assert "At which e-mail address" in talk.last.text
    assert talk.awaiting == "contact_email"


@pytest.mark.parametrize("language", SERVED)
@pytest.mark.parametrize(
    ("slot", "text"), [("contact_email", "x"), ("track_record", "12"), ("review", "hmm"), ("province", "zz")]
)
def test_no_reprompt_repeats_the_one_before(language: LanguageCode, slot: str, text: str) -> None:
    talk = Talk(language, form=at(slot))
    told = [talk.text(text).last for _ in range(8)]
    assert all(before.text != after.text for before, after in pairwise(told))
    example = talk_example(talk, slot)
    assert example not in told[0].text
    assert example in told[1].text
    for message in told[2:]:
        assert payloads(message)[0] == "action:human"
        assert "form:cancel" in payloads(message)
        assert ("form:skip" in payloads(message)) == (slot == "track_record")


def talk_example(talk: Talk, slot: str) -> str:
    return Voice(dialogue().world.texts, knowledge(), talk.state.language or "en").say(f"form.proposal.{slot}.example")


def test_a_list_is_not_read_out_again_after_a_question_in_between() -> None:
    talk = Talk(form=at("challenges")).sure("What does it cost?", "unknown:fees")
    assert "1. Zero-emission" not in talk.last.text
    assert "slot:challenges=challenge:hydrogen" in payloads(talk.last)
    assert talk.text("8").draft.slots["challenges"] == ["challenge:hydrogen"]


@pytest.mark.parametrize(("slot", "text"), [("solution", "done"), ("province", "klaar"), ("consent", "完成")])
def test_done_is_no_answer_to_what_is_needed(slot: str, text: str) -> None:
    talk = Talk(form=at(slot)).press("form:continue")
    asked = talk.last.text
    assert talk.text(text).awaiting == slot
    assert talk.last.text != asked


def test_done_leaves_out_what_is_optional() -> None:
    assert Talk(form=at("track_record")).text("that's all").awaiting == "collaboration_mode"
    heard = Talk(form=at("track_record")).sure("nothing more comes to my mind", "command:done", question=False)
    assert heard.awaiting == "collaboration_mode"


def test_a_goodbye_leaves_the_form_open_without_asking_on() -> None:
    talk = Talk(form=at("solution")).text("bye")
    assert talk.awaiting == "solution"
    assert payloads(talk.last) == ["form:continue"]
    assert "Step" not in talk.last.text
