import pytest

from knowledge.base import KnowledgeBase
from knowledge.gazetteer import Gazetteer
from nlu.entities import EntityFinder, is_question


@pytest.fixture(scope="module")
def finder(kb: KnowledgeBase) -> EntityFinder:
    return EntityFinder(Gazetteer(kb))


@pytest.mark.parametrize(
    ("text", "type_", "values"),
    [
        ("is er in Chongqing nood aan bodemsanering?", "region", ["region:chongqing"]),
        ("is er in Chongqing nood aan bodemsanering?", "challenge", ["challenge:soil-remediation"]),
        ("from Chonqing", "region", ["region:chongqing"]),
        ("Provincie Antwerpen", "province", ["province:antwerp"]),
        ("mail me at jan.peeters+x@acme.co.uk.", "email", ["jan.peeters+x@acme.co.uk"]),
        ("邮箱是li@example.cn，谢谢", "email", ["li@example.cn"]),
        ("see https://acme.be/x?y=1, thanks", "url", ["https://acme.be/x?y=1"]),
        ("status of i2p-7k3f9q please", "reference", ["I2P-7K3F9Q"]),
        ("5 and 4", "number", ["5", "4"]),
        ("3,5 en 7", "number", ["7"]),
        ("1, 2 en 11", "number", ["1", "2", "11"]),
        ("number two and three", "number", ["2", "3"]),
        ("een en drie", "number", ["1", "3"]),
        ("三和五", "number", ["3", "5"]),
        ("we have one idea for two regions", "number", []),
        ("we hebben een idee", "number", []),
        ("I2PCC started in 2019", "number", []),
        ("the second one, please", "ordinal", ["2"]),
        ("the second one, please", "number", []),
        ("de tweede", "ordinal", ["2"]),
        ("第二个", "ordinal", ["2"]),
        ("第3个", "ordinal", ["3"]),
        ("de laatste graag", "ordinal", ["-1"]),
        ("not the former", "ordinal", ["1"]),
        ("两个都要", "quantifier", ["both"]),
        ("allebei", "quantifier", ["both"]),
        ("all of them", "quantifier", ["all"]),
        ("geen van beide", "quantifier", ["none"]),
        ("都不要", "quantifier", ["none"]),
        ("and since when?", "attribute", ["since"]),
        ("sinds wanneer werken ze samen?", "attribute", ["since", "cooperation"]),
        ("从什么时候开始的？", "attribute", ["since"]),
        ("who is their partner", "attribute", ["who", "partner"]),
        ("hoeveel inwoners heeft Chengdu", "attribute", ["population"]),
        ("有多少人口", "attribute", ["population"]),
        ("where is Hebei?", "attribute", ["location"]),
        ("waarom daar?", "attribute", ["why"]),
        ("since  \n when", "attribute", ["since"]),
        ("里面有哪些合作伙伴", "attribute", []),
        ("重慶的經濟怎麼樣", "attribute", ["economy", "how"]),
        ("spreek Nederlands aub", "language", ["nl"]),
        ("English", "language", ["en"]),
        ("in het Chinees graag", "language", ["zh-Hans"]),
        ("请说中文", "language", ["zh-Hans"]),
        ("請用繁體中文", "language", ["zh-Hant"]),
        ("our Chinese partners", "language", []),
        ("the Flemish companies", "language", []),
    ],
)
def test_entities(finder: EntityFinder, text: str, type_: str, values: list[str]) -> None:
    assert [e.value for e in finder.find(text) if e.type == type_] == values


def test_places_are_those_of_the_text(finder: EntityFinder) -> None:
    text = "從什麼時候開始？ Chonqing, jan@acme.be en de tweede"
    found = finder.find(text)
    assert {"attribute", "region", "email", "ordinal"} <= {e.type for e in found}
    assert all(text[e.start : e.end] == e.text for e in found)
    assert [e.start for e in found] == sorted(e.start for e in found)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "what is this",
            "Which regions take part",
            "and since when",
            "is there a fee",
            "hydrogen?",
            "could you explain",
        ),
        *("wat kost dat", "En hoe werkt dat dan", "kunt u dat uitleggen", "zijn er kosten", "waterstof?"),
        *("有哪些地区", "这是什么", "可以参加吗", "污泥呢", "費用多少", "重庆？"),
    ],
)
def test_questions_by_form(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize(
    "text",
    [
        *("We treat industrial waste water", "hydrogen", "yes please", "ACME NV", "", "All of them"),
        *("Wij zuiveren afvalwater van textielbedrijven", "waterstof", "ja graag", "Een nieuwe techniek voor slib"),
        *("我们处理工业废水", "没什么", "好的", "我们在五家工厂使用这项技术，并且证明了它的效果"),
    ],
)
def test_statements_by_form(text: str) -> None:
    assert not is_question(text)
