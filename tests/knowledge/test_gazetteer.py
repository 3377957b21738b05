import time

import pytest
import stopwordsiso
from hypothesis import given
from hypothesis import strategies as st

from knowledge.base import KnowledgeBase, load
from knowledge.gazetteer import PLACE, Gazetteer
from knowledge.script import traditional

GAZETTEER = Gazetteer(load())


def found(text: str) -> list[str]:
    return [m.identifier for m in GAZETTEER.find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Is er in Chongqing nood aan bodemsanering?", ["region:chongqing", "challenge:soil-remediation"]),
        ("重庆需要土壤修复吗？", ["region:chongqing", "challenge:soil-remediation"]),
        ("重慶需要土壤修復嗎？", ["region:chongqing", "challenge:soil-remediation"]),
        ("我們鋼鐵廠需要處理煙氣", ["challenge:industrial-air-emissions"]),
        ("HEBEI's flue gases", ["region:hebei", "challenge:industrial-air-emissions"]),
        ("Xi’an, Xiong'an", ["region:shaanxi", "region:hebei"]),
        ("ＣＨＥＮＧＤＵ", ["region:chengdu"]),
        ("Energie-efficiëntie / energie efficientie", ["challenge:energy-efficiency"] * 2),
        ("zero-emission process", ["challenge:zero-emission-process"]),
        ("成都的smart grid", ["region:chengdu", "challenge:smart-grid-storage"]),
        ("Shaanxi/Hebei", ["region:shaanxi", "region:hebei"]),
        ("I2PCC en I²PCC", ["programme:overview"] * 2),
        ("Oost-Vlaanderen, West-Vlaanderen", ["province:east-flanders", "province:other"]),
        ("percolaat van stortplaatsen", ["challenge:industrial-water"]),
        ("Antwerpse haven", ["province:antwerp"]),
        ("waste, water", []),
        ("waste. Water", []),
        ("rehebeing slibje", []),
        ("", []),
        ("🙂 ?!", []),
    ],
)
def test_names_are_found_in_every_language_and_script(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Chogqing", "region:chongqing"),
        ("guangong", "region:guangdong"),
        ("Shaangxi", "region:shaanxi"),
        ("Hebie", "region:hebei"),
        ("limbrug", "province:limburg"),
        ("Antwrpen", "province:antwerp"),
        ("Vlaams-Barbant", "province:flemish-brabant"),
        ("Oost-Vlaandern", "province:east-flanders"),
        ("soil remeditation", "challenge:soil-remediation"),
        ("slibbehandelng", "challenge:sludge-treatment"),
        ("enery efficiency", "challenge:energy-efficiency"),
        ("hydrgen", "challenge:hydrogen"),
    ],
)
def test_misspelt_names_are_found(text: str, expected: str) -> None:
    assert found(f"wat met {text}?") == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("we zitten in Sint-Niklaas", "province:east-flanders"),
        ("our plant in Dongguan", "region:guangdong"),
        ("工厂在咸阳", "region:shaanxi"),
        ("我們在東莞", "region:guangdong"),
        ("the three gorges region", "region:chongqing"),
    ],
)
def test_a_town_hints_at_its_region(text: str, expected: str) -> None:
    mention = GAZETTEER.find(text)[0]
    assert (mention.identifier, mention.score) == (expected, PLACE)


@pytest.mark.parametrize(
    "text",
    [
        "Hubei",
        "Hunan",
        "Henan",
        "Hainan",
        "Shanxi",
        "Sichuan",
        "Guangxi",
        "Guizhou",
        "Guiyang",
        "Changchun",
        "Shandong",
        "Shanghai",
        "山西",
        "湖北",
        "湖南",
        "河南",
        "海南",
        "四川",
        "广西",
        "廣西",
        "Limburger",
        "Noord-Brabant",
        "ontwerpen",
        "ontwerp",
        "antwoorden",
        "anders",
        "changing",
        "hebben",
        "hydrogel",
        "nitrogen",
        "waterstop",
        "shaking",
        "Shanxii",
        "Hongkong",
        "Beijing",
        "Tianjin",
    ],
)
def test_look_alikes_are_rejected(text: str) -> None:
    assert found(f"We zoeken {text} voor ons") == []


@pytest.mark.parametrize(
    "text", ["Dutch Limburg", "Nederlands-Limburg", "Limburg, Nederland", "Limburg (NL)", "荷兰林堡省", "North Brabant"]
)
def test_the_dutch_provinces_are_not_ours(text: str) -> None:
    assert found(text) == []


def test_shaanxi_and_shanxi_stay_apart_in_one_sentence() -> None:
    assert [m.text for m in GAZETTEER.find("陕西不是山西；陝西也不是山西。Shaanxi is not Shanxi.")] == [
        "陕西",
        "陝西",
        "Shaanxi",
    ]


def test_the_longest_name_wins() -> None:
    (mention,) = GAZETTEER.find("energy-saving building materials")
    assert (mention.identifier, mention.text) == ("challenge:energy-efficiency", "energy-saving building materials")


def test_scores_tell_an_exact_name_from_a_slip() -> None:
    exact, slip = GAZETTEER.find("Chongqing of Chogqing")
    assert exact.score == 1
    assert 0.8 < slip.score < 1


def test_every_name_and_alias_is_found_whole(kb: KnowledgeBase) -> None:
    for topic in kb.topics.values():
        for name in [*topic.names.values(), *(a for group in topic.aliases.values() for a in group)]:
            assert [(m.identifier, m.start, m.end) for m in GAZETTEER.find(name)] == [(topic.id, 0, len(name))] or (
                name.endswith(")") and found(name) == [topic.id]
            ), name


def test_places_in_the_text_are_those_of_the_original() -> None:
    text = "Ïn ﬁjn ² " + traditional("重庆和广东的废水") + " é Chongqing!"
    for mention in GAZETTEER.find(text):
        assert text[mention.start : mention.end] == mention.text
    assert [m.text for m in GAZETTEER.find(text)] == ["重慶", "廣東", "廢水", "Chongqing"]


@given(st.text(max_size=200))
def test_any_text_is_fine_and_places_fit(text: str) -> None:
    end = 0
    for mention in GAZETTEER.find(text):
        assert mention.start >= end
        assert text[mention.start : mention.end] == mention.text
        end = mention.end


@given(st.text(alphabet="重庆廣東臺灣發髮後乾著陝西裡 aé'ﬁ²ß\ud800", max_size=60))
def test_both_scripts_and_odd_characters_keep_their_places(text: str) -> None:
    assert all(text[m.start : m.end] == m.text for m in GAZETTEER.find(text))


@pytest.mark.parametrize("language", ["en", "nl", "fr", "de"])
def test_everyday_words_are_no_misspelt_names(language: str) -> None:
    words = stopwordsiso.stopwords(language)
    assert len(words) > 300
    assert [(word, m.identifier) for word in words for m in GAZETTEER.find(word) if m.score < 1] == []


def test_a_text_takes_well_under_a_millisecond() -> None:
    text = "We treat industrial wastewater with heavy metals and would love to work in Chongqing or Guangdong."
    times = []
    for _ in range(50):
        start = time.perf_counter()
        GAZETTEER.find(text)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.001
