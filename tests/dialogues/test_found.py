"""Answers from the search over facts, where no topic is sure."""

import pytest

from knowledge.search import Hit
from nlu.types import SERVED, LanguageCode
from tests.dialogues.talk import Talk, at, knowledge, payloads

ECONOMY = Hit("region:guangdong", "economy", "en", 0.8, sure=True)
READINGS = ("programme:why-china", "region:guangdong", "regions")


def test_the_found_fact_is_told_with_its_source_and_the_other_readings() -> None:
    talk = Talk().text("sixth of the world?", *READINGS, found=[ECONOMY])
    fact = knowledge().topic("region:guangdong").fact("economy")
    assert fact is not None
    assert talk.last.kind == "answer"
    assert talk.last.topics == ("region:guangdong",)
    assert talk.last.sources == fact.sources
    assert talk.last.text.endswith(fact.text["en"])
    assert payloads(talk.last)[:2] == ["programme:why-china", "regions"]
    assert len(talk.last.buttons) == 3


@pytest.mark.parametrize("language", SERVED)
def test_the_lead_names_the_topic_so_that_a_wrong_guess_is_seen(language: LanguageCode) -> None:
    text = Talk(language).text("hm", *READINGS, found=[ECONOMY]).last.text
    name = {"en": "Guangdong", "nl": "Guangdong", "zh-Hans": "广东", "zh-Hant": "廣東"}[language]
    assert name in text.split("\n")[0]


def test_a_hit_below_the_threshold_is_asked_about() -> None:
    doubtful = Hit("region:guangdong", "economy", "en", 0.4)
    talk = Talk().text("sixth of the world?", *READINGS, found=[doubtful])
    assert talk.last.kind == "clarify"
    assert payloads(talk.last) == list(READINGS)


def test_a_doubt_is_filled_up_with_what_was_found_but_nothing_is_made_of_no_reading() -> None:
    hits = [Hit("region:guangdong", "economy", "en", 0.4), Hit("domains", "count", "en", 0.02)]
    talk = Talk().text("sixth of the world?", "programme:why-china", found=hits)
    assert payloads(talk.last) == ["programme:why-china", "region:guangdong"]
    assert Talk().text("sixth of the world?", "smalltalk:thanks", found=hits).last.kind == "decline"


def test_the_fact_asked_for_goes_before_the_one_found() -> None:
    talk = Talk().text("since when is that, next to Macau?", "region:hebei", found=[ECONOMY])
    since = knowledge().topic("region:guangdong").fact("since")
    assert since is not None
    assert talk.last.text.endswith(since.text["en"])


@pytest.mark.parametrize("text", ["which region will be the sixth?", "welke regio wordt de zesde?", "哪个地区排第六？"])
def test_which_region_asks_for_the_region_and_not_where_it_lies(text: str) -> None:
    talk = Talk().text(text, *READINGS, found=[ECONOMY])
    economy = knowledge().topic("region:guangdong").fact("economy")
    assert economy is not None
    assert talk.last.text.endswith(economy.text["en"])


def test_a_figure_that_the_topic_lacks_is_not_dodged() -> None:
    hit = Hit("challenge:hydrogen", "how", "en", 0.9, sure=True)
    assert Talk().text("how many people live off H2?", "region:hebei", found=[hit]).last.kind == "clarify"


@pytest.mark.parametrize("attribute", ["count", "when", "where", "location"])
def test_a_narrow_fact_that_nobody_asked_for_gives_way_to_the_summary(attribute: str) -> None:
    topic = knowledge().topic("programme:overview")
    talk = Talk().text("all about it", "regions", found=[Hit(topic.id, attribute, "en", 0.9, sure=True)])
    summary = topic.fact()
    assert summary is not None
    assert talk.last.text.endswith(summary.text["en"])


@pytest.mark.parametrize("first", ["region:chongqing", "challenge:soil-remediation"])
def test_a_found_tie_is_told_with_its_source(first: str) -> None:
    other = ({"region:chongqing", "challenge:soil-remediation"} - {first}).pop()
    hit = Hit(first, None, "en", 0.8, sure=True, beside=other)
    talk = Talk().text("dirty ground by farms", "programme:why-china", found=[hit])
    assert talk.last.topics == ("region:chongqing", "challenge:soil-remediation")
    assert talk.last.text == knowledge().ties(other if first[0] == "r" else first, "region:chongqing")[0].text["en"]
    assert talk.last.sources


def test_what_no_source_answers_is_not_dodged_with_a_near_fact() -> None:
    talk = Talk().text("who earns on it?", "unknown:other", "region:guangdong", found=[ECONOMY])
    assert talk.last.kind == "unknown"


@pytest.mark.parametrize("verdict", ["sure", "foreign"])
def test_the_search_has_no_say_elsewhere(verdict: str) -> None:
    talk = Talk().text("hm", "programme:why-china", verdict=verdict, found=[ECONOMY])  # type: ignore[arg-type]
    assert talk.last.topics[0] != "region:guangdong"


def test_a_follow_up_leans_on_what_was_found() -> None:
    talk = Talk().text("sixth of the world?", *READINGS, found=[ECONOMY])
    assert talk.state.misses == 0
    assert talk.text("and since when?", "programme:activities", question=True).last.topics == ("region:guangdong",)


def test_a_question_within_a_form_is_answered_and_the_slot_asked_again() -> None:
    talk = Talk(form=at("company_name"))
    talk.text("Which economy there will be the sixth?", *READINGS, question=True, found=[ECONOMY])
    assert [m.kind for m in talk.said] == ["answer", "form"]
    assert talk.said[0].topics == ("region:guangdong",)
    assert talk.awaiting == "company_name"
