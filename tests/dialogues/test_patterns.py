"""Expressions written in Simplified Chinese fit Traditional, too; what they find stays as it was typed."""

import re
from importlib.resources import files

import pytest

from dialogues.patterns import Patterns
from knowledge.script import simplified_in_place
from knowledge.yaml_files import parse
from tests.dialogues.talk import Talk, at, dialogue

PATTERNS = dialogue().world.patterns


def test_what_is_found_is_given_as_it_was_typed() -> None:
    [found] = PATTERNS.search("person", "聯絡人：王麗華，電話")
    assert (found["name"], found.span("name")) == ("王麗華", (4, 7))
    stated = next(PATTERNS.whole("stated", "我們的公司是綠水環保"))
    assert (stated["field"], stated["value"]) == ("公司", "綠水環保")


def test_a_group_that_took_no_part_holds_nothing() -> None:
    [found] = Patterns({"added": ["(?P<a>x)?(?P<b>y)"]}).whole("added", "Y")
    assert found.groups == {"a": None, "b": "Y"}
    assert found["a"] == ""


@pytest.mark.parametrize(
    ("key", "groups"),
    [
        ("introduced_person", {"name"}),
        ("introduced_name", {"name"}),
        ("change", {"field", "value"}),
        ("change_beside_descriptions", {"field", "value"}),
        ("intake_withdraw", {"reference"}),
        ("intake_add", {"reference", "text"}),
        ("intake_link", {"reference"}),
        ("intake_status", {"reference"}),
    ],
)
def test_expressions_name_what_they_find_in_every_language(key: str, groups: set[str]) -> None:
    for code in ("en", "nl", "zh"):
        file = files("dialogues") / "data" / "patterns" / f"{code}.yml"
        named = [set(re.compile(p).groupindex) for p in parse(file.read_text(encoding="utf-8"))[key]]
        assert set().union(*named) == groups


@pytest.mark.parametrize("text", ["聯絡信箱", "乾淨的餘熱", "hello 🙂 裡", "\ud800 髮", ""])
def test_every_character_keeps_its_place(text: str) -> None:
    assert len(simplified_in_place(text)) == len(text)


def test_corrections_in_traditional_are_heard() -> None:
    talk = Talk("zh-Hant", at("review"))
    talk.text("公司名稱改成 綠水科技")
    assert talk.draft.slots["company_name"] == "綠水科技"
    talk.text("聯絡人寫錯了，應該是王麗華")
    assert talk.draft.slots["contact_name"] == "王麗華"


def test_an_opening_in_traditional_is_mined() -> None:
    talk = Talk("zh-Hant")
    talk.text("我們公司叫綠水科技有限公司，聯絡信箱 wang@lvshui.cn，我們想提交方案")
    assert talk.draft.slots["contact_email"] == "wang@lvshui.cn"
    assert talk.state.form is not None
    assert next(iter(talk.draft.slots.values())) == "綠水科技有限公司"
