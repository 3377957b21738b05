"""Several answers in one message."""

from typing import Any

import pytest

from dialogues.mining import introduces, mine, wished
from tests.dialogues.talk import Talk, at, dialogue, scene

FORMS = dialogue().world.forms


def mined(text: str, kind: str = "proposal", asked: str | None = None) -> dict[str, Any]:
    form = FORMS[kind]
    return mine(scene(text), form, text, form.slot(asked) if asked else None)


@pytest.mark.parametrize(
    ("text", "held"),
    [
        (
            "Wij zijn AquaLixi uit Mechelen, we zuiveren percolaat, mail jan@aqualixi.be",
            {
                "company_name": "AquaLixi",
                "province": "province:antwerp",
                "challenges": ["challenge:industrial-water"],
                "contact_email": "jan@aqualixi.be",
            },
        ),
        (
            "We are Hydrogen Hebei NV, based in Ghent, and we want to work in Chongqing.",
            {
                "company_name": "Hydrogen Hebei NV",
                "province": "province:east-flanders",
                "preferred_regions": ["region:chongqing"],
            },
        ),
        (
            "My name is Sofie Maes of GreenLoop BV and we treat sludge",
            {
                "company_name": "GreenLoop BV",
                "contact_name": "Sofie Maes",
                "challenges": ["challenge:sludge-treatment"],
            },
        ),
        (
            "ik ben Lies Van den Berg van WaterWijs BV",
            {"company_name": "WaterWijs BV", "contact_name": "Lies Van den Berg"},
        ),
        ("We are Flemish and proud", {}),
        ("We are looking for partners in Ghent", {}),
        ("I read about hydrogen in Hebei", {}),
        ("Wij hebben een klant in Mechelen met percolaat", {}),
    ],
)
def test_only_what_is_sure_is_taken(text: str, held: dict[str, Any]) -> None:
    assert mined(text) == held


@pytest.mark.parametrize(
    ("text", "held"),
    [
        (
            "我们是石家庄的华清环保公司,需要处理酸洗废水,联系邮箱 wang@huaqing.cn",
            {
                "organisation": "华清环保公司",
                "region": "region:hebei",
                "challenges": ["challenge:industrial-water"],
                "contact_email": "wang@huaqing.cn",
            },
        ),
        ("我们是一家环保公司", {}),
        ("我们是河北的一家钢铁公司", {"region": "region:hebei"}),
        ("我叫李伟，邮箱 li@hq.cn", {"contact_name": "李伟", "contact_email": "li@hq.cn"}),
    ],
)
def test_a_need_in_chinese(text: str, held: dict[str, Any]) -> None:
    found = mined(text, "need")
    found.pop("need", None)
    assert found == held


def test_a_long_sentence_on_what_one_does_is_the_description() -> None:
    text = "We remove heavy metals from mine water with a membrane that needs no chemicals."
    assert mined(f"Hello! {text} Bye.")["solution"] == text
    assert "solution" not in mined("We treat water.")


def test_what_comes_first_is_the_name_that_was_asked_for() -> None:
    held = mined("AquaLixi, Mechelen, jan@aqualixi.be", asked="company_name")
    assert held["company_name"] == "AquaLixi"
    assert held["province"] == "province:antwerp"
    assert "company_name" not in mined("AquaLixi, Mechelen, jan@aqualixi.be")
    assert mined("Peeters, An", asked="contact_name") == {}
    assert mined("Hydrogen Hebei NV", asked="company_name") == {}


@pytest.mark.parametrize("address", ["jan@aquapura.be", "peeters.j@aquapura.be", "Jan_P1@aquapura.be"])
def test_the_name_that_an_address_begins_with_is_the_persons(address: str) -> None:
    held = mined(f"AquaPura NV, Jan Peeters, {address}", asked="company_name")
    assert held == {"company_name": "AquaPura NV", "contact_name": "Jan Peeters", "contact_email": address}


def test_a_name_that_no_address_begins_with_is_asked_for() -> None:
    for names in ("Pure Water", "Jan Peeters, An Maes"):
        assert "contact_name" not in mined(f"AquaPura NV, {names}, jan.maes@aquapura.be", asked="company_name")


def test_a_wish_is_heard_unless_it_is_a_question() -> None:
    assert wished(scene("we would like to propose our technology"), "we would like to propose our technology") == (
        "proposal"
    )
    assert wished(scene("我们想登记需求"), "我们想登记需求") == "need"
    assert wished(scene("x", "action:need", verdict="sure"), "x") == "need"
    assert wished(scene("what is a proposal"), "what is a proposal") is None


def test_a_name_and_an_address_introduce_somebody() -> None:
    assert introduces(FORMS["proposal"], {"company_name": "A", "contact_email": "a@b.be"})
    assert not introduces(FORMS["proposal"], {"contact_name": "A", "contact_email": "a@b.be"})


def test_an_introduction_opens_the_form_with_the_privacy_notice() -> None:
    talk = Talk().text("We are AquaLixi from Mechelen, mail jan@aqualixi.be")
    assert [m.kind for m in talk.said] == ["notice", "notice", "form"]
    assert "Noted — Company: AquaLixi; E-mail: jan@aqualixi.be; Province: Antwerp." in talk.last.text
    assert talk.awaiting == "contact_name"
    assert talk.draft.history == ["company_name", "contact_email", "province"]


def test_a_draft_set_aside_is_taken_up_and_what_changes_is_told() -> None:
    talk = Talk(form=at("challenges")).press("form:stop").text("We are AquaLixi from Genk, mail jan@aqualixi.be")
    assert talk.awaiting == "challenges"
    assert "from “AquaPura NV” to “AquaLixi”" in talk.last.text
    assert "from “an.peeters@aquapura.be” to “jan@aqualixi.be”" in talk.last.text


def test_given_answers_are_not_overwritten_in_passing() -> None:
    talk = Talk(form=at("province")).text("We are AquaLixi from Genk")
    assert talk.draft.slots["company_name"] == "AquaPura NV"
    assert talk.draft.slots["province"] == "province:limburg"


def test_a_description_is_not_mined() -> None:
    text = "We are AquaLixi from Genk, we treat sludge, mail jan@aqualixi.be"
    talk = Talk(form=at("solution")).text(text)
    assert talk.draft.slots["solution"] == text
    assert talk.draft.slots["company_name"] == "AquaPura NV"


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("Together with two partners we want to submit a proposal for sludge", "consortium"),
        ("We'd like to apply in a consortium.", "consortium"),
        ("We want to take part together with a Dutch company", "consortium"),
        ("We would like to submit our solution on our own", "alone"),
        ("We apply individually with our dryer", "alone"),
        ("Samen met twee partners willen we een voorstel indienen", "consortium"),
        ("Wij willen in consortium deelnemen", "consortium"),
        ("Wij willen in ons eentje een voorstel indienen", "alone"),
        ("wij doen mee op eigen houtje", "alone"),
        ("我们想独立参与", "alone"),
        ("我們想獨立參與", "alone"),
        ("我们想与两家比利时企业联合申报", "consortium"),
        ("我们准备以联合体形式提交方案", "consortium"),
        ("We clean soil together with our partners", None),
        ("We don't want to apply in a consortium", None),
        ("We do not want to apply on our own", None),
        ("Wij willen niet in ons eentje deelnemen", None),
        ("We treat water with companies in Geel. We want to work in Hebei.", None),
        ("我们不想单独参与", None),
        ("我们与本地企业一起处理污泥", None),
    ],
)
def test_how_somebody_takes_part_is_taken_when_it_is_plainly_said(text: str, mode: str | None) -> None:
    assert mined(text).get("collaboration_mode") == mode


def test_a_role_depends_on_another_answer_and_is_asked() -> None:
    held = mined("We want to apply in a consortium and lead it")
    assert "collaboration_mode" in held
    assert "consortium_role" not in held


@pytest.mark.parametrize("text", ["联系人陈志明，邮箱chan@hengda.com.cn", "联系人姓名：陈志明，邮箱chan@hengda.com.cn"])
def test_a_contact_person_in_chinese_needs_no_colon(text: str) -> None:
    assert mined(text, "need") == {"contact_name": "陈志明", "contact_email": "chan@hengda.com.cn"}


def test_an_address_of_the_contact_person_is_no_name() -> None:
    assert "contact_name" not in mined("联系人邮箱 chan@hengda.com.cn", "need")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("您好，我們想獨立參與，提交污泥處理方案", "proposal"),
        ("我们想提交一份污泥处理方面的技术", "proposal"),
        ("我们准备登记一个处理污水的需求", "need"),
        ("我想知道如何提交方案", None),
        ("要了解怎么提交需求", None),
        ("我们需要污泥处理方案", None),
    ],
)
def test_a_wish_in_chinese_may_say_what_is_sent_in(text: str, kind: str | None) -> None:
    assert wished(scene(text), text) == kind
