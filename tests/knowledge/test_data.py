"""What the programme's own data must hold."""

import re
from pathlib import Path
from zlib import crc32

import pytest

from knowledge.base import KnowledgeBase
from knowledge.check import missing
from knowledge.consistency import UNSOURCED_KINDS
from knowledge.script import simplified

SEED_RUNS = Path(__file__).with_name("seed_runs.txt")
"""CRC-32 of every run of eight words in the programme's two English documents, which are not ours to publish."""
RUN = 8

IDENTIFIERS = [
    *("region:hebei", "region:shaanxi", "region:chengdu", "region:chongqing", "region:guangdong"),
    *("province:antwerp", "province:limburg", "province:east-flanders", "province:flemish-brabant", "province:other"),
    *("challenge:zero-emission-process", "challenge:industrial-air-emissions", "challenge:indoor-air-quality"),
    *(
        "challenge:industrial-water",
        "challenge:sludge-treatment",
        "challenge:soil-remediation",
        "challenge:waste-treatment",
    ),
    *(
        "challenge:hydrogen",
        "challenge:energy-efficiency",
        "challenge:smart-grid-storage",
        "challenge:battery-second-life",
    ),
    *("domain:blue-growth", "domain:water-management", "domain:bio-energy", "domain:sustainable-chemistry"),
    *("domain:waste-circular", "domain:energy-efficiency-smart"),
    *(
        "programme:overview",
        "programme:partners",
        "programme:funding",
        "programme:activities",
        "programme:exploratory-visit",
    ),
    *("programme:mission", "programme:why-china", "programme:flemish-experience", "programme:collaboration-modes"),
    *("programme:how-to-apply", "programme:after-submission", "programme:contact"),
    *("regions", "provinces", "challenges", "domains", "assistant:capabilities", "assistant:privacy"),
    *("unknown:fees", "unknown:deadlines", "unknown:status-today", "unknown:duration", "unknown:other"),
    *("action:proposal", "action:need", "action:human", "action:status", "action:language"),
    *("smalltalk:greeting", "smalltalk:thanks", "smalltalk:goodbye", "out-of-scope"),
]


def test_the_identifiers_are_those_agreed(kb: KnowledgeBase) -> None:
    assert set(kb.topics) == set(IDENTIFIERS)


def test_challenges_and_domains_keep_the_order_of_their_sources(kb: KnowledgeBase) -> None:
    for kind in ("challenge", "domain"):
        assert [t.id for t in kb.of_kind(kind)] == [i for i in IDENTIFIERS if i.startswith(f"{kind}:")]


def test_every_fact_has_a_source_and_every_text_three_languages(kb: KnowledgeBase) -> None:
    assert kb.languages == ("en", "nl", "zh")
    for topic in kb.topics.values():
        assert topic.names.keys() == {"en", "nl", "zh"}
        for fact in topic.facts:
            assert fact.text.keys() == {"en", "nl", "zh"}
            assert fact.sources or topic.kind in UNSOURCED_KINDS, (topic.id, fact.attribute)


def test_the_languages_are_told_apart(kb: KnowledgeBase) -> None:
    for topic in kb.topics.values():
        for fact in topic.facts:
            assert len(set(fact.text.values())) == 3
            assert re.search("[一-鿿]", fact.text["zh"])
            assert not re.search("[一-鿿]", fact.text["en"] + fact.text["nl"])


def test_topics_that_answer_have_a_summary_first_and_a_way_on(kb: KnowledgeBase) -> None:
    for topic in kb.topics.values():
        if topic.kind in ("action", "smalltalk", "out-of-scope"):
            assert topic.facts == ()
            continue
        assert topic.facts[0].attribute == "summary", topic.id
        assert 2 <= len(topic.follow_ups) <= 3, topic.id
        assert topic.id not in topic.follow_ups


def test_names_fit_a_button(kb: KnowledgeBase) -> None:
    for topic in kb.topics.values():
        assert all(len(name) <= 30 for name in topic.names.values()), topic.names
        assert len(topic.id.encode()) <= 64


def test_every_topic_is_known_by_other_names_in_each_language(kb: KnowledgeBase) -> None:
    for topic in kb.topics.values():
        if topic.id != "out-of-scope":
            assert all(len(topic.aliases[code]) >= 3 for code in kb.languages), topic.id


def test_chinese_texts_are_simplified(kb: KnowledgeBase) -> None:
    texts = [t.names["zh"] for t in kb.topics.values()]
    texts += [f.text["zh"] for t in kb.topics.values() for f in t.facts]
    texts += [th.text["zh"] for t in kb.topics.values() for th in t.themes]
    texts += [tie.text["zh"] for tie in kb.ties()] + [s.title["zh"] for s in kb.sources.values()]
    texts += [text["zh"] for _, text in kb.reasons]
    assert [t for t in texts if simplified(t) != t] == []


@pytest.mark.parametrize("province", ["region:shaanxi", "region:chengdu"])
def test_traditional_names_are_among_the_aliases(kb: KnowledgeBase, province: str) -> None:
    assert any(simplified(alias) != alias for alias in kb.topic(province).aliases["zh"])


def test_inferred_ties_say_so_in_every_language(kb: KnowledgeBase) -> None:
    words = {"en": "infer", "nl": "leid", "zh": "推断"}
    for tie in kb.ties():
        for code, word in words.items():
            assert (word in tie.text[code]) == (tie.kind == "inferred"), (tie.challenge, tie.region, code)


def test_only_chongqing_waste_and_guangdong_have_stated_ties(kb: KnowledgeBase) -> None:
    assert {(t.challenge, t.region, t.sources) for t in kb.ties() if t.kind == "stated"} == {
        ("challenge:industrial-water", "region:chongqing", ("S1",)),
        ("challenge:soil-remediation", "region:chongqing", ("S1",)),
        ("challenge:waste-treatment", "region:shaanxi", ("P3",)),
        ("challenge:energy-efficiency", "region:guangdong", ("S1",)),
    }


@pytest.mark.parametrize(
    ("topic", "attribute", "parts", "sources"),
    [
        ("region:shaanxi", "since", ["1985"], {"S1", "P3"}),
        ("region:chongqing", "since", ["2010", "2011"], {"P1", "P8"}),
        ("region:chongqing", "partner", ["POM"], {"P1", "P8"}),
        ("region:chongqing", "population", ["32", "2018"], {"S1"}),
        ("region:chongqing", "economy", ["2017"], {"S1"}),
        ("region:hebei", "since", ["25", "2018"], {"S1", "P4"}),
        ("region:chengdu", "since", ["2011", "27"], {"S1", "P9"}),
        ("region:guangdong", "since", ["2015"], {"P2"}),
        ("region:guangdong", "economy", ["2035", "2018"], {"S1"}),
        ("region:guangdong", "goals", ["2011", "2015"], {"S1"}),
        ("programme:mission", "when", ["18", "22", "2019"], {"P5"}),
        ("programme:activities", "when", ["2019", "17"], {"S1", "S2", "P5"}),
        ("programme:why-china", "location", ["9000"], {"S2"}),
        ("programme:partners", "who", ["200", "2018"], {"S1"}),
        ("programme:funding", "summary", [], {"S1", "S2"}),
    ],
)
def test_figures_keep_their_year_in_every_language(
    kb: KnowledgeBase, topic: str, attribute: str, parts: list[str], sources: set[str]
) -> None:
    fact = kb.topic(topic).fact(attribute)
    assert fact is not None
    assert set(fact.sources) == sources
    for text in fact.text.values():
        figures = text.replace("3200万", "32")
        assert all(part in figures for part in parts), text


def test_speakers_of_2019_are_no_contacts(kb: KnowledgeBase) -> None:
    holders = {
        (t.id, f.attribute)
        for t in kb.topics.values()
        for f in t.facts
        if any(name in f.text["en"] for name in ("Regelbrugge", "Snijkers", "Faché"))
    }
    assert holders == {("programme:exploratory-visit", "who")}


def test_neighbours_of_the_programme_are_no_part_of_it(kb: KnowledgeBase) -> None:
    everything = " ".join(x for t in kb.topics.values() for f in t.facts for x in f.text.values())
    for foreign in ("Zhejiang", "浙江", "Zuid-Holland", "Hubei", "湖北", "湖南", "Shanxi "):
        assert foreign not in everything


def test_only_two_challenges_lack_a_tie_and_nothing_else_is_missing(kb: KnowledgeBase) -> None:
    assert missing(kb) == [
        "challenge:hydrogen: no tie to any region",
        "challenge:battery-second-life: no tie to any region",
    ]


def test_no_sentence_is_copied_from_the_sources(kb: KnowledgeBase) -> None:
    source_runs = set(SEED_RUNS.read_text(encoding="ascii").split())
    texts = [f.text["en"] for t in kb.topics.values() for f in t.facts] + [t.text["en"] for t in kb.ties()]
    assert [run for text in texts for run in _runs(text) if f"{crc32(run.encode()):08x}" in source_runs] == []


def _runs(text: str) -> list[str]:
    words = re.findall(r"\w+", text.lower())
    return [" ".join(words[i : i + RUN]) for i in range(len(words) - RUN + 1)]
