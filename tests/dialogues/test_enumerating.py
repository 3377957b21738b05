"""Several answers by name in one message, given or corrected."""

import pytest

from nlu.types import LanguageCode
from tests.dialogues.talk import PROPOSAL, Talk, at


@pytest.mark.parametrize(
    ("language", "text", "given"),
    [
        (
            "en",
            "the name is Jan Peeters and the mail jan@x.be",
            {"contact_name": "Jan Peeters", "contact_email": "jan@x.be"},
        ),
        (
            "en",
            "Sorry, the company is Smith and Sons, mail: jan@x.be",
            {"company_name": "Smith and Sons", "contact_email": "jan@x.be"},
        ),
        (
            "en",
            "Can you change the name to Jan Peeters and the email to jan@x.be?",
            {"contact_name": "Jan Peeters", "contact_email": "jan@x.be"},
        ),
        ("nl", "naam is Jan Peeters, mail is jan@x.be", {"contact_name": "Jan Peeters", "contact_email": "jan@x.be"}),
        (
            "nl",
            "De provincie is Limburg en de contactpersoon moet zijn An Claes",
            {"province": "province:limburg", "contact_name": "An Claes"},
        ),
        (
            "nl",
            "wijzig bedrijf naar Bodem en Water BV, provincie naar Limburg en mail naar jan@x.be",
            {"company_name": "Bodem en Water BV", "province": "province:limburg", "contact_email": "jan@x.be"},
        ),
        (
            "nl",
            "naam moet zijn Jef Claes en mail moet jef@x.be zijn",
            {"contact_name": "Jef Claes", "contact_email": "jef@x.be"},
        ),
        ("zh-Hans", "公司改成清源环保，邮箱改成wang@x.cn", {"company_name": "清源环保", "contact_email": "wang@x.cn"}),
        ("zh-Hans", "联系人是王芳，邮箱 wang@x.cn", {"contact_name": "王芳", "contact_email": "wang@x.cn"}),
        ("zh-Hant", "公司改成清源環保，聯絡人改成王麗華", {"company_name": "清源環保", "contact_name": "王麗華"}),
    ],
)
@pytest.mark.parametrize("slot", ["challenges", "solution", "consent", "review"])
def test_answers_by_name_are_corrected_in_one_line(
    language: LanguageCode, text: str, given: dict[str, str], slot: str
) -> None:
    talk = Talk(language, at(slot)).text(text, question=text.endswith("?"))
    before = at(slot).slots
    assert talk.draft.slots == {**before, **given}
    assert talk.awaiting == slot
    assert len(talk.said) == 1
    for name in given:
        old = "Antwerp" if name == "province" else str(PROPOSAL[name])
        if name != "province":
            assert f"“{old}”" in talk.last.text


@pytest.mark.parametrize("text", ["naam is Jan Peeters, mail is jan@x.be", "Naam: Jan Peeters; e-mail: jan@x.be"])
def test_answers_that_were_not_asked_yet_are_taken_too(text: str) -> None:
    talk = Talk("nl", at("company_name")).text(text)
    assert talk.draft.slots == {"contact_name": "Jan Peeters", "contact_email": "jan@x.be"}
    assert "Contactpersoon: Jan Peeters; E-mail: jan@x.be" in talk.last.text
    assert talk.awaiting == "company_name"


def test_a_change_drops_what_no_longer_applies() -> None:
    talk = Talk("en", at("review", collaboration_mode="consortium", consortium_role="lead"))
    talk.text("collaboration is alone and the province is Limburg")
    assert talk.draft.slots["collaboration_mode"] == "alone"
    assert "consortium_role" not in talk.draft.slots
    assert talk.awaiting == "review"


@pytest.mark.parametrize(
    ("slot", "text"),
    [
        ("solution", "Our solution is a membrane and the scale is large, and the results are good."),
        ("track_record", "References: three plants in Belgium, experience: ten years in Genk"),
        ("company_name", "Company and Partners, Mail Boxes"),
        ("solution", "De oplossing is een membraan en de ervaring is tien jaar in Genk en Mol."),
    ],
)
def test_what_only_sounds_alike_is_the_answer(slot: str, text: str) -> None:
    talk = Talk("en", at(slot)).text(text)
    assert talk.draft.slots[slot] in text
    assert talk.draft.slots == {**at(slot).slots, slot: talk.draft.slots[slot]}


def test_an_address_that_is_none_changes_nothing_silently() -> None:
    talk = Talk("en", at("review")).text("the name is Jan Peeters and the mail is jan at x")
    assert talk.draft.slots["contact_email"] == PROPOSAL["contact_email"]
