"""The role in a consortium, with what is contributed and which partner is sought in the same answer."""

import pytest

from dialogues.effects import Submit
from nlu.types import LanguageCode
from tests.dialogues.talk import Talk, at, payloads


def in_consortium(slot: str = "consortium_role", language: LanguageCode = "en", **given: object) -> Talk:
    return Talk(language, at(slot, collaboration_mode="consortium", **{"consortium_role": "lead", **given}))


@pytest.mark.parametrize(
    ("language", "text", "role"),
    [
        ("en", "We lead, and look for a partner for drying sludge", "lead"),
        ("en", "We'd like to take the lead; AquaCorp brings the membranes", "lead"),
        ("en", "We contribute the membranes and look for a lead", "contribute"),
        ("en", "AquaCorp takes the lead, we contribute the membranes", "contribute"),
        ("nl", "Wij nemen de leiding en zoeken een partner om slib te drogen", "lead"),
        ("nl", "trekker, en we zoeken nog iemand die slib droogt", "lead"),
        ("nl", "Wij leveren de membranen, een ander bedrijf trekt de kar", "contribute"),
        ("zh-Hans", "我们牵头，想找一家做污泥干化的合作伙伴", "lead"),
        ("zh-Hans", "由绿水公司牵头，我们承担膜处理部分", "contribute"),
        ("zh-Hant", "我們牽頭，想找一家做污泥乾化的合作夥伴", "lead"),
        ("en", "lead. jan@x.be of AquaCorp does the drying", "lead"),
    ],
)
def test_an_answer_that_says_more_is_kept_as_it_was_typed(language: LanguageCode, text: str, role: str) -> None:
    talk = in_consortium(language=language).text(text)
    assert talk.draft.slots["consortium_role"] == role
    assert talk.draft.slots["consortium_note"] == text
    assert talk.draft.slots["contact_email"] == "an.peeters@aquapura.be"
    assert talk.awaiting == "preferred_regions"
    assert text in talk.last.text


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("lead", "lead"), ("we lead", "lead"), ("take the lead please", "lead"), ("We would like to lead.", "lead"),
        ("contribute", "contribute"), ("We will contribute a part", "contribute"), ("Take the lead", "lead"),
        ("trekker", "lead"), ("wij nemen graag de leiding", "lead"), ("een deel bijdragen", "contribute"),
        ("牵头", "lead"), ("由我们牵头吧", "lead"), ("我们希望牵头这个项目", "lead"), ("承担其中一部分", "contribute"),
    ],
)  # fmt: skip
def test_a_bare_role_has_no_note(text: str, role: str) -> None:
    talk = in_consortium().text(text)
    assert talk.draft.slots["consortium_role"] == role
    assert "consortium_note" not in talk.draft.slots
    assert talk.awaiting == "preferred_regions"


def test_the_button_works_as_before() -> None:
    talk = in_consortium().press("slot:consortium_role=contribute")
    assert talk.draft.slots["consortium_role"] == "contribute"
    assert "consortium_note" not in talk.draft.slots


def test_a_partner_without_a_role_is_kept_and_the_role_asked_again() -> None:
    talk = in_consortium().text("We are looking for a company that dries sludge")
    assert talk.draft.slots["consortium_note"] == "We are looking for a company that dries sludge"
    assert "consortium_role" not in talk.draft.slots
    assert "Noted" in talk.last.text
    assert talk.awaiting == "consortium_role"
    talk.text("lead")
    assert "consortium_note" in talk.draft.slots
    assert talk.awaiting == "preferred_regions"


@pytest.mark.parametrize(
    ("language", "said", "held"),
    [
        ("en", "the partner is a company that dries sludge", "a company that dries sludge"),
        ("en", "change our contribution to the membranes", "the membranes"),
        ("nl", "de gezochte partner is een slibdroger", "een slibdroger"),
        ("zh-Hans", "合作伙伴改成 污泥干化企业", "污泥干化企业"),
    ],
)
def test_it_can_be_given_and_changed_by_name_at_any_time(language: LanguageCode, said: str, held: str) -> None:
    talk = in_consortium("preferred_regions", language).text(said)
    assert talk.draft.slots["consortium_note"] == held
    assert talk.awaiting == "preferred_regions"
    talk = in_consortium("review", language, consortium_note="x").text(said)
    assert talk.draft.slots["consortium_note"] == held
    assert talk.awaiting == "review"


def test_it_is_never_asked_and_back_passes_it_by() -> None:
    talk = in_consortium().text("We lead, and look for a partner for drying sludge")
    assert "of 11." in talk.last.text
    talk.press("form:back")
    assert talk.awaiting == "consortium_role"
    talk.press("form:back")
    assert talk.awaiting == "collaboration_mode"


def test_the_review_shows_it_with_a_button_and_a_change_can_be_left() -> None:
    talk = in_consortium("review", consortium_note="We look for a dryer").press("form:continue")
    assert "Contribution and partner sought: We look for a dryer" in talk.last.text
    assert "edit:consortium_note" in payloads(talk.last)
    talk.press("edit:consortium_note")
    assert talk.awaiting == "consortium_note"
    assert talk.last.text.startswith("Step 9 of 11.")
    talk.text("never mind")
    assert talk.awaiting == "review"
    talk.press("edit:consortium_note").press("form:skip")
    assert talk.awaiting == "review"
    assert "consortium_note" not in talk.draft.slots


def test_alone_drops_it_and_the_intake_holds_it() -> None:
    talk = in_consortium("review", consortium_note="We look for a dryer")
    talk.press("form:confirm")
    [submit] = talk.done(Submit)
    assert submit.slots["consortium_note"] == "We look for a dryer"
    talk = in_consortium("review", consortium_note="We look for a dryer").text("alone after all")
    assert not {"consortium_note", "consortium_role"} & talk.draft.slots.keys()
