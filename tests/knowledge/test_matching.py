import json

import pytest

from knowledge.base import KnowledgeBase
from knowledge.matching import Matcher, RegionScore

WATER, AIR, H2, SOIL = (
    "challenge:industrial-water",
    "challenge:industrial-air-emissions",
    "challenge:hydrogen",
    "challenge:soil-remediation",
)


def of(regions: tuple[RegionScore, ...], name: str) -> RegionScore:
    return next(r for r in regions if r.region == f"region:{name}")


@pytest.mark.parametrize(
    ("challenges", "text", "best"),
    [
        ([WATER], "We treat wastewater that contains heavy metals", "chongqing"),
        ([], "We treat wastewater that contains heavy metals", "chongqing"),
        ([], "Wij zuiveren afvalwater met zware metalen", "chongqing"),
        ([], "我们处理含重金属的废水", "chongqing"),
        ([], "manure treatment for pig farms", "chongqing"),
        ([], "Reuse of CO2 from industrial waste streams", "shaanxi"),
        ([], "CO2-hergebruik uit industriële afvalstromen", "shaanxi"),
        ([], "我们的技术把二氧化碳转化为建材", "shaanxi"),
        (["challenge:zero-emission-process"], "We turn CO2 from waste streams into building materials", "shaanxi"),
        ([AIR], "Flue gas cleaning for steel plants", "hebei"),
        ([AIR], "Rookgasreiniging voor staalfabrieken", "hebei"),
        ([AIR], "我们为钢铁厂处理烟气", "hebei"),
        ([], "traffic sensors and smart lighting for cities", "chengdu"),
        (["challenge:energy-efficiency"], "we help factories save energy", "guangdong"),
        ([SOIL], "", "chongqing"),
    ],
)
def test_the_fitting_region_comes_first(matcher: Matcher, challenges: list[str], text: str, best: str) -> None:
    first, second = matcher.match(challenges, text, []).regions[:2]
    assert first.region == f"region:{best}"
    assert first.score > second.score


def test_all_regions_are_told_with_a_reason_and_a_score_in_range(matcher: Matcher, kb: KnowledgeBase) -> None:
    for challenges in ([], [WATER], [c.id for c in kb.of_kind("challenge")]):
        regions = matcher.match(challenges, "water treatment", [r.id for r in kb.of_kind("region")]).regions
        assert {r.region for r in regions} == {r.id for r in kb.of_kind("region")}
        assert all(0 <= r.score <= 1 and r.reasons for r in regions)
        assert [r.score for r in regions] == sorted((r.score for r in regions), reverse=True)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "No source ties hydrogen to a region: low confidence."),
        ("nl", "Geen bron koppelt waterstof aan een regio: weinig zekerheid."),
        ("zh-Hans", "没有资料把“氢能”与某个地区联系起来：把握较低。"),
    ],
)
def test_hydrogen_is_low_everywhere_and_says_why(matcher: Matcher, language: str, words: str) -> None:
    for region in matcher.match([H2], "Green hydrogen electrolysers", [], language).regions:
        assert region.confidence == "low"
        assert region.score < 0.1
        assert words in [r.text for r in region.reasons]


def test_a_stated_tie_is_high_and_an_inferred_one_medium_and_told_as_such(matcher: Matcher) -> None:
    stated = of(matcher.match([SOIL], "", []).regions, "chongqing")
    inferred = of(matcher.match([AIR], "", []).regions, "hebei")
    assert (stated.confidence, inferred.confidence) == ("high", "medium")
    assert stated.score > inferred.score
    assert stated.reasons[0].sources == ("S1",)
    assert "we infer" in inferred.reasons[0].text


def test_a_region_without_the_tie_says_so(matcher: Matcher) -> None:
    chengdu = of(matcher.match([SOIL], "", []).regions, "chengdu")
    assert [(r.text, r.sources) for r in chengdu.reasons] == [("No source ties soil remediation to Chengdu.", ())]


def test_text_and_wish_never_outweigh_a_stated_tie(matcher: Matcher) -> None:
    best = matcher.match(["challenge:energy-efficiency"], "flue gas of steel mills", ["region:hebei"]).regions[0]
    assert best.region == "region:guangdong"


def test_a_wish_alone_leads_with_low_confidence_and_is_no_evidence(matcher: Matcher) -> None:
    best = matcher.match([], "", ["region:guangdong"]).regions[0]
    assert (best.region, best.confidence) == ("region:guangdong", "low")
    assert 0 < best.score <= 0.2
    assert "wish" in best.reasons[-1].text
    assert best.reasons[-1].sources == ()


def test_one_stated_tie_among_many_challenges_is_not_high(matcher: Matcher) -> None:
    regions = matcher.match([SOIL, H2, AIR], "", []).regions
    assert of(regions, "chongqing").confidence == "medium"


def test_likeness_names_a_theme_with_its_source(matcher: Matcher) -> None:
    best = matcher.match([], "Reuse of CO2 from industrial waste streams", [], "nl").regions[0]
    assert [r.sources for r in best.reasons] == [(), ("P3",)]
    assert "hergebruik van industriële afvalstromen" in best.reasons[1].text


@pytest.mark.parametrize(
    "text",
    [
        *("Wij bakken brood en taarten", "asdf qwer", "ok", "-", "We do accounting software", "我们公司成立于2005年"),
        *("The quick brown fox jumps over the lazy dog", "We have 20 employees and were founded in 2005"),
        *("", " ", "🙂", "\ud800", "x" * 5000),
    ],
)
def test_texts_that_say_nothing_of_a_theme_add_next_to_nothing(matcher: Matcher, text: str) -> None:
    for region in matcher.match([], text, []).regions:
        assert region.score < 0.05
        assert len(region.reasons) == 1


def test_unknown_identifiers_and_languages_are_passed_over(matcher: Matcher) -> None:
    known = matcher.match([SOIL], "", [], "en")
    assert matcher.match(["challenge:moon", SOIL, SOIL], "", ["region:moon"], "fr") == known


def test_the_json_is_that_of_an_intake(matcher: Matcher) -> None:
    match = matcher.match([SOIL], "bodemsanering met bacteriën", ["region:hebei"], "nl")
    data = json.loads(json.dumps(match.as_json()))
    assert data.keys() == {"regions"}
    first = data["regions"][0]
    assert first.keys() == {"region", "score", "confidence", "reasons"}
    assert first["reasons"][0].keys() == {"text", "sources"}
    assert first["region"] == "region:chongqing"
    assert match == matcher.match([SOIL], "bodemsanering met bacteriën", ["region:hebei"], "nl")


def test_a_need_belongs_to_the_region_where_it_lies(matcher: Matcher) -> None:
    match = matcher.match(["challenge:smart-grid-storage"], "storage for our grid", [], home="region:guangdong")
    assert match.regions[0].region == "region:guangdong"
    assert "lies in Guangdong" in match.regions[0].reasons[0].text
    assert matcher.match(["challenge:smart-grid-storage"], "storage for our grid", []).regions[0].region != (
        "region:guangdong"
    )
