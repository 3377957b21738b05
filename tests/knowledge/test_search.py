"""Search over the real facts with the real encoder."""

from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase, load
from knowledge.encoder import Encoder
from knowledge.search import FactIndex, FactSearch, load_weights, passages
from tests.knowledge.conftest import Edit


@pytest.fixture(scope="module")
def search(kb: KnowledgeBase, encoder: Encoder) -> FactSearch:
    return FactSearch(FactIndex.fit(list(passages(kb)), encoder), encoder)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("a princess led that trip to China", "programme:mission"),
        ("the Yangtze flows through it", "region:chongqing"),
        ("kantoor in Peking samen met de Gentse universiteit", "province:east-flanders"),
        ("slib van farmafabrieken", "challenge:sludge-treatment"),
        ("丝绸之路的入口在哪个省", "region:shaanxi"),
        ("哪位公主率領了代表團", "programme:mission"),
    ],
)
def test_a_fact_is_found_in_each_language(search: FactSearch, text: str, topic: str) -> None:
    assert search.search(text, {})[0].topic == topic


@pytest.mark.parametrize("language", ["en", "nl", "zh"])
def test_question_and_fact_may_be_of_different_languages(kb: KnowledgeBase, encoder: Encoder, language: str) -> None:
    one = [p for p in passages(kb) if p.language == language]
    found = FactSearch(FactIndex.fit(one, encoder), encoder)
    for text in ("batteries of electric cars", "batterijen van elektrische wagens", "电动汽车的电池"):
        hit = found.search(text, {})[0]
        assert (hit.topic, hit.language) == ("challenge:battery-second-life", language)


def test_the_fact_within_the_topic_is_the_one_that_is_spoken_of(search: FactSearch) -> None:
    hit = search.search("the forecast says its economy grows to the sixth of the world", {})[0]
    assert (hit.topic, hit.attribute) == ("region:guangdong", "economy")


def test_a_tie_is_found_with_both_its_ends(search: FactSearch) -> None:
    hits = search.search("Soil pollution in Chongqing by livestock farms, industry and households", {}, limit=2)
    ends = {"region:chongqing", "challenge:soil-remediation"}
    assert {h.topic for h in hits} == ends
    assert all(h.attribute is None and h.beside in ends - {h.topic} for h in hits)


def test_scores_are_chances_best_first_and_a_hit_is_sure_from_the_threshold_on(search: FactSearch) -> None:
    hits = search.search("Which region has coal?", {}, limit=1000)
    scores = [h.score for h in hits]
    assert scores == sorted(scores, reverse=True)
    assert 0 < sum(scores) <= 1.001
    assert [h.sure for h in hits] == [s >= search.weights.sure for s in scores]
    assert len({h.topic for h in hits}) == len(hits)


def test_a_reading_lifts_its_topic_and_another_one_lowers_all(search: FactSearch) -> None:
    text = "who do we get to know there?"
    plain = search.search(text, {})[0]
    assert search.search(text, {plain.topic: 0.5})[0].score > plain.score
    assert search.search(text, {"action:human": 0.9})[0].score < plain.score


@pytest.mark.parametrize("text", ["", "🙂", "how do I bake bread?", "谁赢了世界杯", "\ud800", "wat " * 2000])
def test_nothing_of_ours_is_never_sure(search: FactSearch, text: str) -> None:
    assert not search.search(text, {})[0].sure


def test_every_topic_with_facts_can_be_found_and_what_no_source_tells_cannot(
    kb: KnowledgeBase, search: FactSearch
) -> None:
    told = {t.id for t in kb.topics.values() if t.facts and t.kind != "unknown"}
    assert {h.topic for h in search.search("anything", {}, limit=1000)} == told


def test_an_edited_fact_is_found(folder: Path, edit: Edit, encoder: Encoder) -> None:
    edit("regions/hebei.yml", "has long set the tone", "and bamboo bicycles have long set the tone")
    kb = load(folder)
    found = FactSearch(FactIndex.fit(list(passages(kb)), encoder), encoder)
    hit = found.search("bamboo bicycles", {})[0]
    assert (hit.topic, hit.attribute) == ("region:hebei", "economy")


def test_the_weights_are_those_of_the_file() -> None:
    assert 0.5 <= load_weights().sure < 1
    assert min(load_weights().meaning, load_weights().words, load_weights().reading) > 0
