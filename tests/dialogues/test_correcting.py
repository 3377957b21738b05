"""Corrections in words, in three languages."""

import pytest

from dialogues.effects import Submit
from tests.dialogues.talk import PROPOSAL, Talk, at, payloads

CORRECTIONS = [
    ("change my email to jan@voorbeeld.be", "contact_email", "jan@voorbeeld.be"),
    ("Please change the company name to Groen BV.", "company_name", "Groen BV"),
    ("no, my name is Jan Claes", "contact_name", "Jan Claes"),
    ("sorry, the province should be Limburg", "province", "province:limburg"),
    ("wijzig mijn e-mail naar jan@voorbeeld.be", "contact_email", "jan@voorbeeld.be"),
    ("ik wil de provincie naar Limburg wijzigen", "province", "province:limburg"),
    ("nee, de contactpersoon is Jan Claes", "contact_name", "Jan Claes"),
    ("eigenlijk is mijn e-mail jan@voorbeeld.be", "contact_email", "jan@voorbeeld.be"),
    ("pas de bedrijfsnaam aan naar Groen BV", "company_name", "Groen BV"),
    ("公司名称改成绿水科技", "company_name", "绿水科技"),
    ("请把邮箱改为 li.wei@lvshui.cn", "contact_email", "li.wei@lvshui.cn"),
    ("不对，联系人应该是李伟", "contact_name", "李伟"),
    ("change the challenges to 6 and 6", "challenges", ["challenge:soil-remediation"]),
]

AT_THE_REVIEW = [
    ("new@voorbeeld.be", "contact_email", "new@voorbeeld.be"),
    ("het e-mailadres moet jan@voorbeeld.be zijn", "contact_email", "jan@voorbeeld.be"),
    ("the right address is jan@voorbeeld.be", "contact_email", "jan@voorbeeld.be"),
    ("our company is called Hydro Solutions NV", "company_name", "Hydro Solutions NV"),
    ("the province should be Limburg", "province", "province:limburg"),
    ("onze bedrijfsnaam moet Groen BV zijn", "company_name", "Groen BV"),
    ("公司名称应该是绿水科技", "company_name", "绿水科技"),
    ("電郵應該是 li.wei@lvshui.cn", "contact_email", "li.wei@lvshui.cn"),
]


@pytest.mark.parametrize(("text", "slot", "value"), AT_THE_REVIEW)
@pytest.mark.parametrize("asked", ["collaboration_mode", "review"])
def test_an_answer_is_put_right_where_none_like_it_is_asked(asked: str, text: str, slot: str, value: str) -> None:
    talk = Talk(form=at(asked)).sure(text, "programme:contact", question=False)
    assert talk.draft.slots[slot] == value
    assert talk.awaiting == asked


def test_a_description_that_sounds_like_a_correction_is_kept_whole() -> None:
    text = "The solution must be seen in Genk; our company is called in by the steel works."
    talk = Talk(form=at("track_record")).text(text)
    assert talk.draft.slots["track_record"] == text
    assert talk.draft.slots["solution"] == PROPOSAL["solution"]


@pytest.mark.parametrize("text", ["修改聯絡人", "修改联络人", "change the contact person"])
def test_an_answer_to_change_is_found_under_its_other_names(text: str) -> None:
    assert Talk(form=at("review")).text(text).awaiting == "contact_name"


@pytest.mark.parametrize(("text", "slot", "value"), CORRECTIONS)
def test_an_earlier_answer_is_changed(text: str, slot: str, value: object) -> None:
    talk = Talk(form=at("solution")).text(text)
    assert talk.draft.slots[slot] == value
    assert "changed from “" in talk.last.text
    assert talk.awaiting == "solution"
    others = {k: v for k, v in talk.draft.slots.items() if k != slot}
    assert others == {k: PROPOSAL[k] for k in others}


def test_the_old_and_the_new_value_are_told() -> None:
    talk = Talk("nl", form=at("solution")).text("wijzig de provincie naar Limburg")
    assert "Provincie gewijzigd van “Antwerpen” naar “Limburg" in talk.last.text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no, I meant jan@voorbeeld.be", "jan@voorbeeld.be"),
        ("nee, ik bedoelde jan@voorbeeld.be", "jan@voorbeeld.be"),
        ("不对，我是说 li.wei@lvshui.cn", "li.wei@lvshui.cn"),
    ],
)
def test_i_meant_changes_the_last_answer(text: str, value: str) -> None:
    talk = Talk(form=at("province")).text(text)
    assert talk.draft.slots["contact_email"] == value
    assert talk.awaiting == "province"


@pytest.mark.parametrize(
    "text", ["my email is wrong", "change my email", "mijn e-mail klopt niet", "我想修改邮箱", "邮箱填错了"]
)
def test_a_correction_without_a_value_asks_for_it(text: str) -> None:
    talk = Talk(form=at("solution")).text(text)
    assert talk.awaiting == "contact_email"
    assert f"so far: {PROPOSAL['contact_email']}" in talk.last.text
    assert talk.text("jan@voorbeeld.be").awaiting == "solution"


def test_twice_in_a_row() -> None:
    talk = Talk(form=at("solution")).text("change the province to Limburg").text("change the province to Antwerp")
    assert talk.draft.slots["province"] == "province:antwerp"


@pytest.mark.parametrize("text", ["I made a mistake", "ik wil iets wijzigen", "填错了"])
def test_which_answer_is_asked_when_none_is_named(text: str) -> None:
    talk = Talk(form=at("solution")).text(text)
    assert "edit:company_name" in payloads(talk.last)
    assert talk.awaiting == "solution"


def test_nothing_to_correct_yet() -> None:
    assert Talk(form=at("company_name")).text("I made a mistake").awaiting == "company_name"


@pytest.mark.parametrize(
    "text",
    ["change the climate to a better one", "We change the water to drinking water", "the track record is wrong"],
)
def test_what_names_no_given_answer_is_no_correction(text: str) -> None:
    talk = Talk(form=at("solution")).text(text)
    assert talk.draft.slots["solution"] == text


def test_the_review_itself_is_no_answer() -> None:
    for text in ("change the review to yes", "nazicht is fout", "核对改成是"):
        talk = Talk(form=at("review")).text(text)
        assert talk.awaiting == "review"
        assert "review" not in talk.draft.slots
        assert not talk.done(Submit)


def test_consent_can_be_taken_back_in_words() -> None:
    talk = Talk(form=at("review")).text("change my consent to no")
    assert talk.state.form is None
    assert not talk.done(Submit)


def test_a_very_long_text_is_read_in_no_time() -> None:
    from time import perf_counter

    before = perf_counter()
    Talk(form=at("solution")).text("wijzig naar " + "a naar " * 560)
    assert perf_counter() - before < 2


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("not Antwerp, Limburg", "province", "province:limburg"),
        ("Limburg, not Antwerp", "province", "province:limburg"),
        ("no, Limburg", "province", "province:limburg"),
        ("niet Antwerpen maar Limburg", "province", "province:limburg"),
        ("Genk in plaats van Antwerpen", "province", "province:limburg"),
        ("不是安特卫普，是林堡", "province", "province:limburg"),
        ("an.peeters@aquapura.be moet jan@aquapura.be zijn", "contact_email", "jan@aquapura.be"),
        ("the email is jan@aquapura.be", "contact_email", "jan@aquapura.be"),
        ("the email is wrong, it should be jan@aquapura.be", "contact_email", "jan@aquapura.be"),
        ("het e-mailadres klopt niet, het moet jan@aquapura.be zijn", "contact_email", "jan@aquapura.be"),
        ("邮箱错了，应该是 jan@aquapura.be", "contact_email", "jan@aquapura.be"),
        ("Peeters should be Peters", "contact_name", "An Peters"),
        ("把 AquaPura 改成 AquaLixi", "company_name", "AquaLixi NV"),
        ("no, I meant Limburg", "province", "province:limburg"),
        ("wait, also soil remediation", "challenges", ["water", "sludge", "soil"]),
        ("ook bodemsanering", "challenges", ["water", "sludge", "soil"]),
        ("还有土壤修复", "challenges", ["water", "sludge", "soil"]),
        ("soil remediation instead of sludge treatment", "challenges", ["water", "soil"]),
    ],
)
def test_the_old_value_or_the_new_one_tells_which_answer_is_meant(text: str, slot: str, value: object) -> None:
    names = {"water": "industrial-water", "sludge": "sludge-treatment", "soil": "soil-remediation"}
    wanted = [f"challenge:{names[v]}" for v in value] if isinstance(value, list) else value
    talk = Talk(form=at("solution")).text(text)
    assert talk.draft.slots[slot] == wanted
    assert talk.awaiting == "solution"
    others = {k: v for k, v in talk.draft.slots.items() if k != slot}
    assert others == {k: PROPOSAL[k] for k in others}


@pytest.mark.parametrize(
    "text",
    [
        "We remove not only metals, but also salts from the water.",
        "No chemicals, sun alone.",
        "Our plant is in Genk, not in Antwerp as many people think.",
        "Wij drogen slib, niet met gas maar met restwarmte.",
        "我们不用化学药剂，而是用微生物修复土壤。",
    ],
)
def test_a_description_that_denies_something_is_kept(text: str) -> None:
    talk = Talk(form=at("solution")).text(text)
    assert talk.draft.slots["solution"] == text
    assert {k: v for k, v in talk.draft.slots.items() if k != "solution"} == at("solution").slots


def test_what_is_denied_without_another_value_is_asked_again() -> None:
    talk = Talk(form=at("challenges")).text("not Antwerp")
    assert talk.awaiting == "province"
    assert talk.text("Limburg").awaiting == "challenges"
    assert talk.text("AquaPura NV is wrong").awaiting == "company_name"


def test_a_topic_is_no_name_given_again() -> None:
    talk = Talk(form=at("contact_email")).text("actually Shaanxi")
    assert talk.draft.slots == at("contact_email").slots


def test_a_name_given_again_right_after_replaces_the_first() -> None:
    talk = Talk(form=at("contact_email")).text("sorry, Jan Claes")
    assert talk.draft.slots["contact_name"] == "Jan Claes"
    assert talk.awaiting == "contact_email"


@pytest.mark.parametrize("text", ["never mind", "laat maar", "算了", "cancel", "back", "no"])
def test_a_change_that_is_given_up_leaves_the_answer(text: str) -> None:
    talk = Talk(form=at("solution")).text("change the email").text(text)
    assert talk.awaiting == "solution"
    assert talk.draft.slots == at("solution").slots
    assert "stays as it was" in talk.last.text


def test_after_a_step_back_stop_still_stops() -> None:
    assert Talk(form=at("province")).text("back").text("stop").state.confirming == "cancel"


def test_the_bare_value_or_name_of_an_answer_changes_it_at_the_review() -> None:
    talk = Talk(form=at("review")).text("Limburg")
    assert "changed from “Antwerp” to “Limburg" in talk.last.text
    assert talk.text("e-mail").awaiting == "contact_email"


def test_alone_adds_and_drops_just_the_role() -> None:
    talk = Talk(form=at("review")).text("together instead of alone")
    assert talk.awaiting == "consortium_role"
    assert talk.text("lead").awaiting == "review"
    talk.text("alone, not together")
    assert talk.awaiting == "review"
    assert "consortium_role" not in talk.draft.slots


def test_a_value_that_is_there_already_is_confirmed() -> None:
    talk = Talk(form=at("review")).text("alone instead of together")
    assert "Noted — Collaboration: On our own." in talk.last.text
