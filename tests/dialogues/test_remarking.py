"""Anger, not understanding and questions on files: met kindly, and never taken for an answer."""

import pytest

from nlu.types import SERVED, LanguageCode
from tests.dialogues.talk import Talk, at, dialogue, payloads

UPSET = [
    "you are useless",
    "This is really stupid!",
    "f*** you",
    "that's not what I asked",
    "gij zijt ne zever",
    "daar ben ik niets mee",
    "Dat is geen antwoord op mijn vraag.",
    "你这个机器人太笨了",
    "滚",
    "答非所问！",
    "你這個機器人太笨了",
]
UNCLEAR = [
    "I don't get it",
    "what do you mean?",
    "ik snap er niks van",
    "wat bedoelt u?",
    "什么意思？",
    "我不明白",
    "看不懂",
]
FILES = [
    "Can I send a brochure?",
    "how can I attach a PDF",
    "kan ik hier een brochure meesturen?",
    "可以上传文件吗？",
    "怎么发附件",
]


@pytest.mark.parametrize("text", UPSET)
def test_anger_is_met_with_an_apology_and_a_person(text: str) -> None:
    talk = Talk().text(text, "assistant:capabilities", verdict="sure")
    assert talk.last.text == dialogue().world.texts.by_language["en"]["event.upset.1"]
    assert "action:human" in payloads(talk.last)
    again = talk.text(text, "out-of-scope", verdict="foreign")
    assert again.last.text == dialogue().world.texts.by_language["en"]["event.upset.2"]
    assert again.text("yes").last.topics == ("action:human",)


@pytest.mark.parametrize("text", [*UPSET, *UNCLEAR, *FILES])
@pytest.mark.parametrize("slot", ["company_name", "contact_name", "solution", "track_record", "review"])
def test_a_remark_is_no_answer(slot: str, text: str) -> None:
    talk = Talk(form=at(slot)).text(text, "out-of-scope", verdict="foreign")
    assert talk.awaiting == slot
    assert slot not in talk.draft.slots
    assert talk.draft.failures == 0


@pytest.mark.parametrize("language", SERVED)
@pytest.mark.parametrize("text", UNCLEAR)
def test_who_does_not_understand_is_helped(language: LanguageCode, text: str) -> None:
    assert {"programme:overview", "action:human"} <= set(payloads(Talk(language).text(text, "command:repeat").last))
    texts = dialogue().world.texts.by_language[language[:2]]
    talk = Talk(language, form=at("solution")).text(text, "command:repeat")
    if language != "zh-Hant":
        assert texts["form.proposal.solution.example"] in talk.last.text


@pytest.mark.parametrize("text", FILES)
def test_who_asks_for_files_is_told_how(text: str) -> None:
    talk = Talk().text(text, "out-of-scope", verdict="foreign")
    assert "10 MB" in talk.last.text
    assert payloads(talk.last) == ["action:proposal"]


@pytest.mark.parametrize(
    "text",
    [
        "We turn crap from pig farms into fertiliser",
        "垃圾",
        "Stupidly Simple Sensors NV",
        "Dat helpt om slib te drogen",
        "We meten wat niet duidelijk is",
        "差压传感器",
    ],
)
def test_words_of_anger_within_an_answer_are_an_answer(text: str) -> None:
    talk = Talk(form=at("company_name")).text(text, "out-of-scope", verdict="foreign")
    assert talk.draft.slots["company_name"] == text
