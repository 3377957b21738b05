"""The way through a form."""

import pytest

from dialogues.effects import Erase, Submit
from nlu.types import Detection
from tests.dialogues.talk import PROPOSAL, REFERENCE, Talk, at, payloads


def test_a_form_opens_with_the_privacy_notice() -> None:
    talk = Talk().text("I want to submit a proposal")
    assert [m.kind for m in talk.said] == ["notice", "notice", "form"]
    assert talk.said[0].topics == ("action:proposal",)
    assert "About your privacy" in talk.said[1].text
    assert talk.awaiting == "company_name"


def test_a_chinese_partner_registers_a_need() -> None:
    talk = Talk("zh-Hans").text("我们有需求")
    assert talk.said[0].topics == ("action:need",)
    for answer in ("绿水科技", "李伟", "li.wei@lvshui.cn", "河北", "4和5", "污泥处理需要减少一半", "没有", "同意"):
        talk.text(answer)
    assert talk.awaiting == "review"
    [intake] = talk.text("都正确").done(Submit)
    assert intake.kind == "need"
    assert intake.slots["region"] == "region:hebei"
    assert intake.slots["scale"] is None


def test_a_whole_proposal_in_words() -> None:
    talk = Talk("nl").text("voorstel indienen")
    for answer in (
        "AquaPura NV",
        "ik ben An Peeters",
        "an.peeters@aquapura.be",
        "Antwerpen",
        "5 en 4",
        str(PROPOSAL["solution"]),
        "nog geen",
        "samen met andere bedrijven",
        "de leiding",
        "Chongqing",
        "ja, ik ga akkoord",
    ):
        talk.text(answer)
    assert talk.awaiting == "review"
    assert not talk.done(Submit)
    [intake] = talk.text("alles klopt").done(Submit)
    assert intake.reference == REFERENCE
    assert intake.slots == {**PROPOSAL, "collaboration_mode": "consortium", "consortium_role": "lead"}
    assert talk.state.form is None
    assert talk.state.reference == REFERENCE
    assert REFERENCE in talk.last.text


def test_a_role_appears_with_the_consortium_and_goes_with_it() -> None:
    talk = Talk(form=at("collaboration_mode")).text("with other companies")
    assert talk.awaiting == "consortium_role"
    talk.text("lead")
    assert talk.awaiting == "preferred_regions"
    talk.text("change the collaboration to alone")
    assert "consortium_role" not in talk.draft.slots
    assert "consortium_role" not in talk.draft.history
    assert talk.awaiting == "preferred_regions"
    talk.press("slot:collaboration_mode=consortium")
    assert talk.awaiting == "consortium_role"


def test_back_walks_the_history() -> None:
    talk = Talk(form=at("province"))
    for slot in ("contact_email", "contact_name", "company_name"):
        talk.text("back")
        assert talk.awaiting == slot
        assert f"Your answer so far: {PROPOSAL[slot]}" in talk.last.text
    talk.text("back")
    assert "first question" in talk.last.text
    assert talk.draft.slots == {n: PROPOSAL[n] for n in ("company_name", "contact_name", "contact_email")}


def test_an_answer_given_again_after_back_replaces_the_old_one() -> None:
    talk = Talk(form=at("province")).text("back").text("jan@voorbeeld.be")
    assert "changed from “an.peeters@aquapura.be” to “jan@voorbeeld.be”" in talk.last.text
    assert talk.awaiting == "province"
    assert talk.draft.history == ["company_name", "contact_name", "contact_email"]


def test_ticks_toggle_and_done_takes_them() -> None:
    talk = Talk(form=at("challenges"))
    for value in ("hydrogen", "soil-remediation", "hydrogen"):
        talk.press(f"slot:challenges=challenge:{value}")
    assert talk.draft.selected == ["challenge:soil-remediation"]
    talk.text("done")
    assert talk.draft.slots["challenges"] == ["challenge:soil-remediation"]
    assert talk.awaiting == "solution"


def test_done_without_a_choice_is_explained() -> None:
    talk = Talk(form=at("challenges")).text("done")
    assert "This one is needed" in talk.last.text
    assert talk.awaiting == "challenges"


def test_typed_choices_join_the_ticks() -> None:
    talk = Talk(form=at("challenges")).press("slot:challenges=challenge:hydrogen").text("soil remediation")
    assert talk.draft.slots["challenges"] == ["challenge:soil-remediation", "challenge:hydrogen"]


def test_typed_choices_replace_an_answer_that_is_changed() -> None:
    talk = Talk(form=at("review")).press("edit:challenges").text("hydrogen")
    assert talk.draft.slots["challenges"] == ["challenge:hydrogen"]
    assert talk.awaiting == "review"


def test_ticks_survive_the_correction_of_another_answer() -> None:
    talk = Talk(form=at("challenges")).press("slot:challenges=challenge:hydrogen")
    talk.text("change my email to jan@voorbeeld.be")
    assert talk.draft.slots["contact_email"] == "jan@voorbeeld.be"
    assert talk.draft.selected == ["challenge:hydrogen"]


@pytest.mark.parametrize("none", ["-", "/", "no preference", "geen", "没有", "skip", "nee", "overslaan", "x"])
def test_an_optional_slot_takes_any_way_of_saying_none(none: str) -> None:
    talk = Talk(form=at("preferred_regions")).text(none)
    assert talk.draft.slots["preferred_regions"] == []
    assert talk.awaiting == "consent"
    assert Talk(form=at("track_record")).text(none).draft.slots["track_record"] is None


def test_a_needed_slot_is_not_skipped() -> None:
    talk = Talk(form=at("contact_email")).text("skip")
    assert talk.awaiting == "contact_email"
    assert "needed" in talk.last.text


def test_stopping_keeps_the_answers_for_thirty_days() -> None:
    talk = Talk(form=at("province")).text("cancel").text("yes")
    assert talk.awaiting is None
    assert "30 days" in talk.last.text
    talk.later(days=30).text("continue")
    assert talk.awaiting == "province"
    assert talk.draft.slots["contact_email"] == PROPOSAL["contact_email"]
    assert payloads(talk.last)[0] == "form:new"


def test_a_draft_that_was_set_aside_expires() -> None:
    talk = Talk(form=at("province")).text("cancel").press("form:stop")
    talk.later(days=30, seconds=1).text("continue")
    assert talk.state.paused is None
    assert "no unfinished form" in talk.last.text
    assert talk.text("yes").awaiting == "company_name"
    assert talk.draft.slots == {}


def test_starting_again_takes_up_the_draft_that_was_set_aside() -> None:
    talk = Talk(form=at("province")).press("form:stop").press("action:proposal")
    assert talk.awaiting == "province"
    assert Talk(form=at("province")).press("form:stop").later(days=31).press("action:proposal").awaiting == (
        "company_name"
    )


def test_starting_afresh_can_be_typed() -> None:
    talk = Talk(form=at("company_name")).press("form:stop").press("form:resume").text("Start afresh")
    assert talk.awaiting == "company_name"
    assert talk.draft.slots == {}
    assert "Your proposal takes" in talk.said[0].text


def test_a_button_from_long_ago_to_start_afresh_asks_first() -> None:
    talk = Talk(form=at("province")).press("form:new")
    assert talk.awaiting == "province"
    assert payloads(talk.last) == ["form:new", "form:continue"]
    assert talk.press("form:continue").awaiting == "province"
    talk.press("form:new").press("form:new")
    assert talk.draft.slots == {}
    paused = Talk(form=at("province")).press("form:stop").press("form:new")
    assert payloads(paused.last) == ["form:new", "form:resume"]
    assert paused.text("continue").awaiting == "province"


def test_another_form_leaves_the_draft_that_was_set_aside() -> None:
    talk = Talk(form=at("province")).press("form:stop").press("action:need")
    assert talk.draft.kind == "need"
    assert talk.press("form:discard").press("form:resume").awaiting == "province"


def test_going_on_after_the_question_whether_to_stop() -> None:
    for answer in ("no", "Go on with the form"):
        talk = Talk(form=at("province")).text("stop").text(answer)
        assert talk.awaiting == "province"
        assert talk.state.confirming is None


def test_an_answer_to_the_open_question_also_means_going_on() -> None:
    talk = Talk(form=at("province")).text("stop").text("Limburg")
    assert talk.draft.slots["province"] == "province:limburg"


def test_discarding_erases_the_draft() -> None:
    talk = Talk(form=at("province")).text("stop").text("Stop and erase my answers")
    assert talk.state.form is None
    assert talk.state.paused is None
    assert "erased" in talk.last.text


@pytest.mark.parametrize(
    "refusal", ["no", "no way", "geen sprake van", "绝对不行", "I do not agree", "nee, ik ga niet akkoord", "不同意"]
)
def test_a_refusal_erases_the_draft(refusal: str) -> None:
    talk = Talk(form=at("consent")).text(refusal)
    assert talk.state.form is None
    assert talk.state.paused is None
    assert not talk.done(Submit)
    assert PROPOSAL["contact_email"] not in talk.state.model_dump_json()


def test_nothing_is_sent_in_before_the_review() -> None:
    for slot in ("company_name", "solution", "consent"):
        assert not Talk(form=at(slot)).press("form:confirm").done(Submit)
    assert not Talk(form=at("review")).press("edit:solution").press("form:confirm").done(Submit)
    assert not Talk(form=at("review", consent=None)).press("form:confirm").done(Submit)
    assert Talk(form=at("review")).press("form:confirm").done(Submit)


def test_an_answer_changed_at_the_review_comes_back_to_it() -> None:
    talk = Talk(form=at("review")).press("edit:contact_name")
    assert "Your answer so far: An Peeters" in talk.last.text
    talk.text("Jan Claes")
    assert talk.awaiting == "review"
    assert "changed from “An Peeters” to “Jan Claes”" in talk.last.text
    assert "Contact person: Jan Claes" in talk.last.text


def test_no_at_the_review_asks_which_answer_is_wrong() -> None:
    talk = Talk(form=at("review")).text("no")
    assert "edit:company_name" in payloads(talk.last)
    assert talk.text("E-mail").awaiting == "contact_email"


def test_a_question_in_between_leaves_the_slot_open() -> None:
    talk = Talk(form=at("solution")).sure("What is I²PCC?", "programme:overview")
    assert talk.said[0].topics == ("programme:overview",)
    assert talk.said[0].sources
    assert talk.last.text.startswith("Back to your form:")
    assert talk.awaiting == "solution"


def test_an_answer_that_may_be_a_question_is_kept_with_a_way_back() -> None:
    text = "How we work: a membrane takes the metals out of mine water, and a press dries what is left over"
    talk = Talk(form=at("solution")).text(text, "challenge:industrial-water", question=True)
    assert talk.draft.slots["solution"] == text
    assert payloads(talk.last)[0] == "doubt:question"
    talk.text("That was a question")
    assert talk.said[0].topics == ("challenge:industrial-water",)
    assert talk.awaiting == "solution"
    assert "solution" not in talk.draft.slots


def test_a_doubt_ends_with_another_answer() -> None:
    text = "How we work: a membrane takes the metals out of mine water, and a press dries what is left over"
    talk = Talk(form=at("solution")).text(text, "challenge:industrial-water", question=True)
    talk.text("change the solution to We dry sludge with the sun.").press("doubt:question")
    assert talk.draft.slots["solution"] == "We dry sludge with the sun"


def test_a_doubt_does_not_outlive_its_form() -> None:
    text = "How we work: a membrane takes the metals out of mine water, and a press dries what is left over"
    talk = Talk(form=at("solution")).text(text, "challenge:industrial-water", question=True)
    talk.press("form:discard").press("action:need").press("doubt:question")
    assert talk.awaiting == "organisation"
    assert talk.text("Lvshui").awaiting == "contact_name"


def test_a_wish_in_words_is_no_answer() -> None:
    talk = Talk(form=at("solution")).text("let's put an end to this", "command:cancel", verdict="sure")
    assert talk.state.confirming == "cancel"
    assert "solution" not in talk.draft.slots


def test_erasing_in_a_form_asks_first() -> None:
    talk = Talk(form=at("solution")).text("delete my data")
    assert not talk.done(Erase)
    assert talk.awaiting == "solution"
    assert talk.text("no").awaiting == "solution"


def test_a_question_in_another_language_is_answered_in_it() -> None:
    talk = Talk(form=at("solution"))
    talk.text("Wat is I²PCC?", "programme:overview", verdict="sure", question=True, detected=Detection("nl", 0.9))
    assert talk.last.text.startswith("Terug naar uw formulier")


def test_an_answer_in_another_language_does_not_switch() -> None:
    talk = Talk(form=at("company_name")).text("Groene Stroom", detected=Detection("nl", 0.9))
    assert talk.last.text.startswith("Step 2")


def test_a_place_that_is_no_option_is_explained() -> None:
    talk = Talk(form=at("preferred_regions")).sure("Beijing", "region:hebei", question=False)
    assert [m.kind for m in talk.said] == ["form"]
    assert talk.draft.failures == 1


def test_an_answer_in_a_form_offers_no_form() -> None:
    talk = Talk(form=at("solution")).sure("What is soil remediation?", "challenge:soil-remediation")
    assert "action:proposal" in payloads(Talk().press("challenge:soil-remediation").last)
    assert not {"action:proposal", "action:need"} & {p for m in talk.said for p in payloads(m)}


def test_a_single_reading_is_asked_with_a_person_beside_it() -> None:
    talk = Talk(form=at("contact_name")).text("is it in there?", "challenge:hydrogen", question=True)
    assert talk.said[0].kind == "clarify"
    assert payloads(talk.said[0]) == ["challenge:hydrogen", "action:human"]


def test_an_address_is_the_answer_whatever_stands_around_it() -> None:
    talk = Talk(form=at("contact_email")).text("not sure, jan@voorbeeld.be", "command:correct", verdict="sure")
    assert talk.draft.slots["contact_email"] == "jan@voorbeeld.be"


@pytest.mark.parametrize(
    ("slot", "text", "line"),
    [
        ("challenges", "our lake smells of chemicals", "Noted — Challenges: Industrial water"),
        ("challenges", "we clean waste water of dyers", "Noted — Challenges: Industrial water"),
        ("province", "our office is in Genk", "Noted — Province: Limburg"),
    ],
)
def test_what_is_described_is_told(slot: str, text: str, line: str) -> None:
    talk = Talk("en", at(slot)).text(text, "challenge:industrial-water", verdict="sure")
    assert slot in talk.draft.slots
    assert line in talk.last.text


@pytest.mark.parametrize(
    ("slot", "text"),
    [
        ("challenges", "5 and 4"),
        ("challenges", "sludge, and soil remediation"),
        ("province", "Limburg"),
        ("challenges", "污泥、土壤"),
    ],
)
def test_what_is_named_needs_no_telling(slot: str, text: str) -> None:
    talk = Talk("en", at(slot)).text(text)
    assert slot in talk.draft.slots
    assert "Noted" not in talk.last.text
