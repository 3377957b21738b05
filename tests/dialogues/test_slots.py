"""Reading answers: what each kind of slot takes, and what is wrong with the rest."""

import re

import pytest

from dialogues.noting import held
from dialogues.slots import Given, Problem, options, read
from dialogues.state import Draft
from tests.dialogues.talk import dialogue, scene

PROPOSAL = dialogue().world.forms["proposal"]
CHALLENGES = options(scene(), PROPOSAL.slot("challenges"))


def taken(name: str, text: str, *intents: str, sure: bool = False) -> object:
    """The value taken from a text, or the code of the problem."""
    table = scene(text, *intents, verdict="sure" if sure else "unsure")
    result = read(table, PROPOSAL.slot(name), text)
    return result.value if isinstance(result, Given) else result


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("AquaPura NV", "AquaPura NV"),
        ("3M", "3M"),
        ("  Van  den Berg & Co.  ", "Van den Berg & Co."),
        ("We are called Groen", "Groen"),
        ("our company is called AquaPura", "AquaPura"),
        ("Ons bedrijf heet Groene Stroom.", "Groene Stroom"),
        ("我们公司叫绿水科技。", "绿水科技"),
    ],
)
def test_company_names(text: str, name: str) -> None:
    assert taken("company_name", text) == name


@pytest.mark.parametrize(
    ("text", "code"),
    [("12345", "no_letters"), ("x" * 121, "too_long"), ("info@aquapura.be", "email_as_name"), ("", "no_letters")],
)
def test_what_is_no_company_name(text: str, code: str) -> None:
    assert taken("company_name", text) == Problem(code)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("An Peeters", "An Peeters"),
        ("my name is An Peeters.", "An Peeters"),
        ("Dag, ik ben Jan Van den Broeck", "Jan Van den Broeck"),
        ("Dr. An Peeters", "Dr. An Peeters"),
        ("prof. dr. ir. J.P. Claes", "prof. dr. ir. J.P. Claes"),
        ("Jan B. Claes", "Jan B. Claes"),
        ("Peeters, An", "Peeters, An"),
        ("李伟", "李伟"),
        ("我叫李伟", "李伟"),
        ("弗朗索瓦·德·沃尔夫", "弗朗索瓦·德·沃尔夫"),
        ("王建国，设备部经理", "王建国，设备部经理"),
        ("李伟（总工程师）", "李伟（总工程师）"),
    ],
)
def test_names_of_persons(text: str, name: str) -> None:
    assert taken("contact_name", text) == name


@pytest.mark.parametrize(
    "text",
    [
        "You can ask for anybody at our front desk",
        "Ask the reception. They know.",
        "Waarom wil je dat weten?",
        "An of Jan; wie er dan is",
        "我不太想在这里告诉你我的名字",
        "李伟，电话一二三",
        "佛山",
        "重庆市渝北区",
        "唐山华丰钢铁有限公司",
        "这个必须填吗？",
        "yes",
        "好的",
    ],
)
def test_a_name_is_not_a_sentence(text: str) -> None:
    assert taken("contact_name", text) == Problem("sentence")


@pytest.mark.parametrize("slot", ["company_name", "contact_name"])
@pytest.mark.parametrize("text", ["I don't know", "geen", "没有"])
def test_having_no_name_to_give_is_no_name(slot: str, text: str) -> None:
    assert taken(slot, text) == Problem("needed")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("jan@voorbeeld.be", "jan@voorbeeld.be"),
        ("It's jan@voorbeeld.be.", "jan@voorbeeld.be"),
        ("jan@voorbeeld.be!", "jan@voorbeeld.be"),
        ("<jan@voorbeeld.be>", "jan@voorbeeld.be"),
        ("“jan@voorbeeld.be”", "jan@voorbeeld.be"),
        ("mailto:jan@voorbeeld.be", "jan@voorbeeld.be"),
        ("An Peeters (an.peeters+china@Voorbeeld.BE)", "an.peeters+china@voorbeeld.be"),
        ("jan@voorbeeld.be of dus jan@voorbeeld.be", "jan@voorbeeld.be"),
        ("我的邮箱是li.wei@lvshui.cn。", "li.wei@lvshui.cn"),
        ("邮箱：li.wei@lvshui.cn，谢谢", "li.wei@lvshui.cn"),
        ("li.wei＠lvshui.cn", "li.wei@lvshui.cn"),
        ("jörg@müller.be", "jörg@müller.be"),
        ("用户@例子.中国", "用户@例子.中国"),
    ],
)
def test_addresses(text: str, address: str) -> None:
    assert taken("contact_email", text) == address


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("jan at voorbeeld.be", "no_email"),
        ("jan@voorbeeld", "email"),
        ("jan@", "no_email"),
        ("jan@@voorbeeld.be", "email"),
        ("jan@voor_beeld.be", "email"),
        ("a@voorbeeld.be or b@voorbeeld.be", "several_emails"),
    ],
)
def test_what_is_no_address(text: str, code: str) -> None:
    assert taken("contact_email", text) == Problem(code)


@pytest.mark.parametrize("text", ["membranes for water", "我们处理污水", "  An electric pump  "])
def test_descriptions(text: str) -> None:
    assert taken("solution", text) == text.strip()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("pumps", "too_short"),
        ("水泵", "too_short"),
        ("Ja, alles is in orde!", "too_short"),
        ("确认提交吧", "too_short"),
        ("12 34 56 78 90 12 34", "no_letters"),
        ("x" * 4001, "too_long"),
    ],
)
def test_what_is_no_description(text: str, code: str) -> None:
    assert taken("solution", text) == Problem(code)


@pytest.mark.parametrize(
    ("text", "province"),
    [
        ("Antwerp", "antwerp"),
        ("antwerpen", "antwerp"),
        ("wij zitten in Genk", "limburg"),
        ("安特卫普", "antwerp"),
        ("東佛蘭德", "east-flanders"),
        ("Oost-Vlaanderen", "east-flanders"),
        ("Flemish Braband", "flemish-brabant"),
        ("Antwrp", "antwerp"),
        ("Brussels", "other"),
        ("West-Vlaanderen", "other"),
        ("andere", "other"),
        ("1", "antwerp"),
        ("the second one", "limburg"),
    ],
)
def test_provinces(text: str, province: str) -> None:
    first, second = options(scene(), PROPOSAL.slot("province"))[:2]
    by_place = {"1": first, "the second one": second}
    assert taken("province", text) == by_place.get(text, f"province:{province}")


@pytest.mark.parametrize(
    ("text", "code"),
    [("Antwerp and Limburg", "several"), ("9", "choice"), ("0", "choice"), ("somewhere nice", "choice")],
)
def test_what_is_no_province(text: str, code: str) -> None:
    assert taken("province", text) == Problem(code)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("5 and 4", [4, 5]),
        ("4 en 5", [4, 5]),
        ("4、5", [4, 5]),
        ("4和5", [4, 5]),
        ("4, 5 & 4", [4, 5]),
        ("numbers 4 and 5", [4, 5]),
        ("nummers 4 en 5", [4, 5]),
        ("第4项和第5项", [4, 5]),
        ("第4个和第5个", [4, 5]),
        ("vier en vijf", [4, 5]),
        ("the first and the fourth", [1, 4]),
        ("the last one", [11]),
        ("soil remediation", [6]),
        ("bodemsanering en slib", [5, 6]),
        ("土壤修复", [6]),
        ("土壤修復", [6]),
        ("soil remedation", [6]),
        ("废水和土壤", [4, 6]),
        ("water and soil", [4, 6]),
        ("bodem, slib en afvalwater", [4, 5, 6]),
        ("hydrogen, waste treatment", [7, 8]),
        ("all of them", list(range(1, 12))),
        ("allemaal", list(range(1, 12))),
        ("全部", list(range(1, 12))),
    ],
)
def test_challenges(text: str, places: list[int]) -> None:
    assert taken("challenges", text) == [CHALLENGES[p - 1] for p in places]


@pytest.mark.parametrize(
    "text",
    [
        "not hydrogen",
        "alles behalve waterstof",
        "all but hydrogen",
        "除了氢能都可以",
        "两个",
        "two of them",
        "12",
        "5 and 14",
        "none of your business",
        "we started in 2 plants",
        "1.5 million",
    ],
)
def test_what_names_no_challenge(text: str) -> None:
    assert taken("challenges", text) == Problem("choices")


@pytest.mark.parametrize("code", ["en", "nl", "zh"])
def test_what_the_examples_say_is_taken(code: str) -> None:
    world = dialogue().world
    tried = 0
    for form in world.forms.values():
        for slot in form.slots:
            example = world.texts.by_language[code].get(f"form.{form.kind}.{slot.id}.example", "")
            for quoted in re.findall("“(.+?)”", example) if slot.type in ("choice", "choices", "consent") else ():
                none = world.phrases.command(quoted) == "none" and slot.optional
                table = scene(quoted)
                table.state.form = Draft(kind=form.kind, awaiting=slot.id)
                noted = held(table, slot, quoted)
                assert none or noted or isinstance(read(table, slot, quoted), Given), (slot.id, quoted)
                tried += 1
    assert tried > 10


def test_a_described_challenge_counts_when_the_engine_is_sure() -> None:
    text = "our lake smells of chemicals"
    assert taken("challenges", text, "challenge:industrial-water", sure=True) == ["challenge:industrial-water"]
    assert taken("challenges", text, "challenge:industrial-water") == Problem("choices")
    assert taken("challenges", text, "programme:funding", sure=True) == Problem("choices")


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("on our own", "alone"),
        ("alleen", "alone"),
        ("我们自己", "alone"),
        ("together with two partners", "consortium"),
        ("samen", "consortium"),
        ("联合", "consortium"),
        ("2", "consortium"),
        ("niet alleen", "consortium"),
        ("not on our own", "consortium"),
        ("不是单独", "consortium"),
        ("not alone and not together", Problem("choice")),
    ],
)
def test_ways_of_working_together(text: str, mode: object) -> None:
    assert taken("collaboration_mode", text) == mode


@pytest.mark.parametrize("text", ["yes", "I agree", "Ja, akkoord", "ja", "同意", "是的，我同意", "可以"])
def test_consent_is_said(text: str) -> None:
    assert taken("consent", text) is True


@pytest.mark.parametrize("text", ["no", "nee", "ik ga niet akkoord", "不同意", "I do not agree"])
def test_consent_is_refused(text: str) -> None:
    assert taken("consent", text) is False


@pytest.mark.parametrize(
    "text", ["maybe", "yes but not my name", "done", "klaar", "ja en nee", "yes, no", "why not", "好像可以吧也许", "1"]
)
def test_consent_is_never_guessed(text: str) -> None:
    assert taken("consent", text) == Problem("yes_or_no")
    assert taken("consent", text, "command:affirm", sure=True) == Problem("yes_or_no")


@pytest.mark.parametrize("text", ["yes", "alles klopt", "都正确", "send it in", "done", "klaar"])
def test_a_review_is_confirmed(text: str) -> None:
    assert taken("review", text) is True
