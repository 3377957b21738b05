"""Free conversation: follow-ups, a region with a challenge, doubts, and what is not ours."""

from itertools import pairwise

import pytest

from nlu.types import SERVED, Detection, Intent, LanguageCode
from tests.dialogues.talk import Talk, knowledge, payloads, understood

FRENCH = Detection("en", 0.95, foreign="fr")


def test_a_topic_is_answered_with_its_source_and_where_to_go_next() -> None:
    talk = Talk().sure("What about Hebei?", "region:hebei")
    assert talk.last.kind == "answer"
    assert talk.last.topics == ("region:hebei",)
    assert talk.last.sources
    assert 2 <= len(talk.last.buttons) <= 3


@pytest.mark.parametrize("language", SERVED)
def test_every_topic_that_tells_facts_has_its_sources(language: LanguageCode) -> None:
    for topic in knowledge().topics.values():
        if topic.facts:
            message = Talk(language).sure("what?", topic.id).last
            assert message.topics == (topic.id,)
            assert message.kind == ("unknown" if topic.kind == "unknown" else "answer")
            if topic.kind in ("region", "province", "challenge", "domain", "programme"):
                assert message.sources, topic.id


@pytest.mark.parametrize("text", ["and since when?", "en sinds wanneer?", "从什么时候开始的呢？"])
def test_a_follow_up_keeps_its_subject(text: str) -> None:
    talk = Talk().sure("Who is the partner of Shaanxi?", "region:shaanxi")
    talk.text(text, "programme:activities", question=True)
    assert talk.last.topics[0] == "region:shaanxi"
    assert "1985" in talk.last.text


def test_a_follow_up_without_a_topic_before_is_asked_about() -> None:
    assert Talk().text("and since when?", "programme:activities", "programme:mission", question=True).last.kind == (
        "clarify"
    )


def test_a_figure_that_no_source_gives_is_not_dodged() -> None:
    talk = Talk().sure("What about hydrogen?", "challenge:hydrogen").text("and since when?", question=True)
    assert talk.last.kind == "unknown"
    assert talk.last.topics == ("challenge:hydrogen",)
    assert "action:human" in payloads(talk.last)
    assert talk.text("yes").last.topics == ("action:human",)


@pytest.mark.parametrize(
    ("text", "region", "challenge"),
    [
        ("is er in Chongqing nood aan bodemsanering?", "region:chongqing", "challenge:soil-remediation"),
        ("does Guangdong need soil remediation?", "region:guangdong", "challenge:soil-remediation"),
        ("重庆需要土壤修复吗？", "region:chongqing", "challenge:soil-remediation"),
    ],
)
def test_a_region_and_a_challenge_at_once(text: str, region: str, challenge: str) -> None:
    talk = Talk().text(text, challenge, verdict="sure", question=True)
    assert talk.last.kind == "answer"
    assert talk.last.topics == (region, challenge)
    assert talk.last.sources
    tied = bool(knowledge().ties(challenge=challenge, region=region))
    assert ("No source I have" in talk.last.text) is not tied


@pytest.mark.parametrize("text", ["and in Hebei?", "en in Hebei?", "那河北呢？"])
def test_the_same_question_for_another_region(text: str) -> None:
    talk = Talk().text("soil remediation in Chongqing", "challenge:soil-remediation", verdict="sure", question=True)
    talk.text(text, "region:hebei", verdict="sure", question=True)
    assert talk.last.topics == ("region:hebei", "challenge:soil-remediation")


def test_what_goes_on_from_a_tie_fits_who_asks() -> None:
    text = "soil remediation in Chongqing"
    asks: dict[LanguageCode, str] = {"en": "action:proposal", "zh-Hans": "action:need"}
    for language, form in asks.items():
        talk = Talk(language).text(text, "challenge:soil-remediation", verdict="sure")
        assert payloads(talk.last)[-1] == form


def test_a_doubt_offers_three_readings_at_most() -> None:
    names = ("challenge:hydrogen", "programme:mission", "region:hebei", "programme:partners", "smalltalk:thanks")
    heard = understood("hm", *names)
    assert [i.name for i in heard.intents] == list(names)
    talk = Talk().text("hm", *names)
    assert talk.last.kind == "clarify"
    assert payloads(talk.last) == list(names[:3])
    assert not talk.last.topics
    assert not talk.last.sources


def test_small_talk_and_unlikely_readings_are_no_offers() -> None:
    assert Talk().text("hm", "smalltalk:thanks", "out-of-scope", "region:hebei").last.buttons[0].payload == (
        "region:hebei"
    )
    assert Talk().text("hm", "smalltalk:thanks").last.kind == "decline"
    assert understood("hm", *["x"] * 9).intents[-1] == Intent("x", 0.1)
    assert Talk().text("hm", *["out-of-scope"] * 8, "region:hebei").last.kind == "decline"


def test_an_offer_can_be_typed_or_counted() -> None:
    for answer in ("Hebei", "2", "the second one", "第二个"):
        talk = Talk().text("hm", "challenge:hydrogen", "region:hebei").text(answer)
        assert talk.last.topics == ("region:hebei",), answer


@pytest.mark.parametrize("language", SERVED)
def test_each_miss_is_worded_otherwise_and_the_third_offers_a_person(language: LanguageCode) -> None:
    offer = Talk(language).press("action:human").last
    assert offer.topics == ("action:human",)
    word = {"en": "oordinator", "nl": "oördinator", "zh-Hans": "协调员", "zh-Hant": "協調員"}[language]
    for readings in (("region:hebei", "programme:mission"), ()):
        talk = Talk(language)
        wordings = [talk.text("…what?", *readings).last.text for _ in range(6)]
        assert len(set(wordings)) == 3
        assert all(wording != before for before, wording in pairwise(wordings))
        assert word not in wordings[0] + wordings[1]
        assert word in wordings[2]


def test_yes_to_the_offer_of_a_person_after_three_misses_passes_on() -> None:
    talk = Talk()
    for _ in range(3):
        talk.text("blah")
    assert talk.text("yes").last.topics == ("action:human",)


def test_an_answer_ends_the_misses() -> None:
    talk = Talk().text("blah").text("blah")
    assert talk.state.misses == 2
    assert talk.sure("Hebei?", "region:hebei").state.misses == 0


def test_what_is_not_ours_is_declined() -> None:
    for talk in (
        Talk().text("best pizza in Ghent?", "region:hebei", verdict="foreign", question=True),
        Talk().sure("best pizza in Ghent?", "out-of-scope"),
    ):
        assert talk.last.kind == "decline"
        assert talk.last.topics == ("out-of-scope",)
        assert not talk.last.sources
        assert "action:human" in payloads(talk.last)


def test_what_no_source_tells_is_unknown() -> None:
    talk = Talk("nl").sure("wat kost het?", "unknown:fees")
    assert talk.last.kind == "unknown"
    assert talk.last.topics == ("unknown:fees",)
    assert payloads(talk.last)[0] == "action:human"
    assert talk.text("ja graag").last.topics == ("action:human",)


def test_yes_means_nothing_two_messages_later() -> None:
    talk = Talk().sure("fees?", "unknown:fees").sure("Hebei?", "region:hebei").text("yes")
    assert talk.last.kind == "notice"
    assert "What would you like to look at?" in talk.last.text


@pytest.mark.parametrize("text", ["no", "ok", "done", "nee", "好的", "none", "all"])
def test_a_word_that_answers_nothing_gets_a_next_step(text: str) -> None:
    assert "challenges" in payloads(Talk().text(text).last)


def test_another_language_gets_the_choice_in_english() -> None:
    talk = Talk("nl").text("Bonjour, parlez-vous français?", "smalltalk:greeting", detected=FRENCH)
    assert talk.last.text.startswith("I'm sorry, I only speak English")
    assert payloads(talk.last) == [f"language:{code}" for code in SERVED]
    assert talk.state.language == "en"
    assert talk.text("Nederlands").state.language == "nl"


def test_a_chosen_language_stays() -> None:
    talk = Talk("nl", language_chosen=True).text("Bonjour, parlez-vous français?", detected=FRENCH)
    assert talk.state.language == "nl"
    assert talk.text("What is this?", detected=Detection("en", 0.99)).state.language == "nl"


@pytest.mark.parametrize("text", ["", "  ", "?", "🙂🙂", "…", "。"])
def test_no_words_at_all(text: str) -> None:
    talk = Talk().text(text)
    assert talk.last.kind == "notice"
    assert talk.last.buttons


def test_a_problem_described_is_answered_with_the_form_as_a_button() -> None:
    talk = Talk("zh-Hans").text(
        "我们钢铁厂需要处理烟气", "challenge:industrial-air-emissions", verdict="sure", question=False
    )
    assert talk.last.topics == ("challenge:industrial-air-emissions",)
    assert "action:need" in payloads(talk.last)
    assert talk.state.form is None


@pytest.mark.parametrize("first", ["region:hebei", "challenge:industrial-air-emissions"])
def test_a_challenge_described_beside_a_region_is_answered_with_what_ties_them(first: str) -> None:
    both = {"region:hebei", "challenge:industrial-air-emissions"}
    talk = Talk().text("Does Hebei want to clean the smoke of its mills?", first, *(both - {first}), question=True)
    assert talk.last.kind == "answer"
    assert talk.last.topics == ("region:hebei", "challenge:industrial-air-emissions")


def test_a_challenge_that_is_only_a_guess_is_not_paired() -> None:
    readings = ("region:hebei", "programme:mission", "challenge:hydrogen")
    assert Talk().text("Does Hebei like it so?", *readings).last.kind == "clarify"
    nowhere = ("challenge:hydrogen", "unknown:other")
    assert Talk().text("Which firm in Hebei makes it?", *nowhere).last.kind == "unknown"


@pytest.mark.parametrize("text", ["who is its partner?", "wie is de partner ervan?", "它的伙伴是谁？"])
def test_a_word_that_points_back_keeps_the_subject(text: str) -> None:
    talk = Talk().press("region:hebei").sure(text, "programme:partners")
    assert talk.last.topics == ("region:hebei",)
    assert talk.last.sources
    elsewhere = Talk().press("region:hebei").sure("who are the partners?", "programme:partners")
    assert elsewhere.last.topics == ("programme:partners",)


def test_names_within_a_sentence_have_no_capital_but_places_do() -> None:
    talk = Talk().text("Does Hebei want hydrogen?", "challenge:hydrogen", verdict="sure", question=True)
    assert "links hydrogen to Hebei" in talk.last.text
    missing = Talk().sure("how big is sludge treatment?", "challenge:sludge-treatment").last
    assert missing.kind == "unknown"
    assert "for sludge treatment" in missing.text
    assert "for Hebei" in Talk().sure("how big is Hebei?", "region:hebei").last.text


def test_a_scale_that_is_only_mentioned_asks_for_no_figure() -> None:
    talk = Talk().sure("we build grid-scale storage, anything for us?", "challenge:smart-grid-storage")
    assert talk.last.kind == "answer"


@pytest.mark.parametrize(
    "text", ["do they need sludge treatment?", "zoeken ze daar slibbehandeling?", "他们需要污泥处理吗？"]
)
def test_a_challenge_for_them_is_asked_of_the_region_before(text: str) -> None:
    talk = Talk().press("region:hebei").sure(text, "challenge:sludge-treatment")
    assert talk.last.topics == ("region:hebei", "challenge:sludge-treatment")


@pytest.mark.parametrize("text", ["why?", "waarom?", "为什么？"])
def test_why_is_asked_of_the_answer_before(text: str) -> None:
    assert Talk().press("region:hebei").text(text).last.kind == "unknown"
    reasoned = [t for t in knowledge().topics.values() if t.kind == "programme" and t.fact("why")]
    assert reasoned
    assert Talk().press(reasoned[0].id).text(text).last.topics == (reasoned[0].id,)


def test_what_is_this_for_is_asked_of_the_programme_at_first() -> None:
    assert Talk().text("why?").last.topics == ("programme:overview",)
    assert Talk().sure("what would I use this for", "command:why").last.topics == ("programme:overview",)


@pytest.mark.parametrize("text", ["which regions are there", "welke regio's zijn er"])
def test_a_question_on_the_list_leaves_the_region_before(text: str) -> None:
    assert Talk().press("region:chongqing").sure(text, "regions").last.topics == ("regions",)
