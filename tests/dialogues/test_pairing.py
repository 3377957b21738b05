"""Regions side by side, and an answer asked for twice."""

import pytest

from tests.dialogues.talk import Talk, payloads


@pytest.mark.parametrize(
    "text", ["Hebei or Shaanxi for dust removal?", "Hebei of Shaanxi voor rookgas?", "陕西还是河北适合除尘？"]
)
def test_regions_are_compared_by_what_ties_them_to_a_challenge(text: str) -> None:
    talk = Talk().sure(text, "challenge:industrial-air-emissions")
    assert talk.last.topics[0] == "challenge:industrial-air-emissions"
    assert set(talk.last.topics[1:]) == {"region:hebei", "region:shaanxi"}
    assert talk.last.sources == ("S1",)
    assert set(payloads(talk.last)) >= {"region:hebei", "region:shaanxi"}
    assert talk.last.text.count("\n\n") == 2


def test_a_region_without_a_tie_says_so_in_the_comparison() -> None:
    talk = Talk().sure("Hebei or Chongqing for soil remediation?", "challenge:soil-remediation")
    assert "Hebei: no source links it" in talk.last.text
    assert "\n\nSoil pollution is named as a challenge in Chongqing" in talk.last.text


def test_regions_are_compared_by_what_is_asked_of_them() -> None:
    talk = Talk().sure("Which province is the partner of Hebei and of Guangdong?", "region:hebei")
    assert talk.last.topics == ("region:hebei", "region:guangdong")
    assert "East Flanders" in talk.last.text
    assert "Limburg" in talk.last.text
    assert "32 million" in talk.sure("population of Chongqing and Hebei?", "region:chongqing").last.text
    assert "Hebei: that is in none of my sources." in talk.last.text


def test_a_comparison_in_no_source_stays_in_no_source() -> None:
    talk = Talk().sure("What does it cost in Hebei and in Shaanxi?", "unknown:fees")
    assert talk.last.kind == "unknown"


def test_all_regions_are_not_set_side_by_side() -> None:
    talk = Talk().sure("Hebei, Shaanxi, Chengdu, Chongqing, Guangdong: which?", "regions")
    assert talk.last.topics == ("regions",)


def test_a_comparison_in_the_middle_of_a_form() -> None:
    talk = (
        Talk().press("action:proposal").sure("Hebei or Shaanxi for dust removal?", "challenge:industrial-air-emissions")
    )
    assert talk.said[0].text.startswith("No source ranks them.")
    assert talk.awaiting == "company_name"


@pytest.mark.parametrize("intent", ["assistant:capabilities", "unknown:fees", "region:hebei"])
def test_the_same_answer_never_comes_twice_in_the_same_words(intent: str) -> None:
    talk = Talk().sure("tell me", intent)
    heard = [talk.last.text]
    for _ in range(3):
        before = talk.last.text
        heard.append(talk.sure("tell me!", intent).last.text)
        assert talk.last.text != before
        assert talk.last.text.endswith(heard[0])
        assert "action:human" in payloads(talk.last)
        assert len(talk.last.buttons) <= 3
    assert talk.sure("and?", "region:shaanxi").sure("tell me", intent).last.text == heard[0]


def test_a_choice_between_regions_is_compared_even_if_it_reads_like_no_topic() -> None:
    assert Talk().sure("Hebei or Shaanxi for dust removal?", "unknown:other").last.kind == "answer"
    assert Talk().sure("Is the food better in Hebei or in Shaanxi?", "unknown:other").last.kind == "unknown"
