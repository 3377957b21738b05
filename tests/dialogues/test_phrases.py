"""Phrases: one command each, polite words aside."""

import pytest

from dialogues.phrases import HELPERS, Phrases, normal, reads_like_a_name
from tests.dialogues.talk import written

PHRASES = Phrases.load()


def test_no_phrase_stands_under_two_commands() -> None:
    seen: dict[str, str] = {}
    for (_, command), phrases in written().items():
        for phrase in phrases if command not in HELPERS else ():
            assert seen.setdefault(normal(str(phrase)), command) == command, phrase


def test_every_phrase_is_found_as_written() -> None:
    for (_, command), phrases in written().items():
        for phrase in phrases if command not in HELPERS else ():
            assert PHRASES.command(str(phrase)) == command, phrase
            assert PHRASES.command(f" {str(phrase).upper()}! ") == command, phrase


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("please stop", "command:cancel"),
        ("Could you go back, please?", "command:back"),
        ("skip this please", "command:skip"),
        ("ok thanks", "affirm"),
        ("I’d like to change an answer", "command:correct"),
        ("overslaan aub", "command:skip"),
        ("Kunt u dat herhalen aub?", "command:repeat"),
        ("ja graag", "affirm"),
        ("ok verstuur maar", "affirm"),
        ("I don't care", "none"),
        ("Waarvoor worden die gebruikt?", "command:why"),
        ("请稍等一下", "command:wait"),
        ("麻烦您跳过", "command:skip"),
        ("請返回上一步", "command:back"),
        ("ＯＫ", "affirm"),
        ("Ja, dat klopt.", "affirm"),
        ("Nee, liever niet", "deny"),
        ("对，没问题。", "affirm"),
    ],
)
def test_polite_words_and_shape_do_not_matter(text: str, command: str) -> None:
    assert PHRASES.command(text) == command


@pytest.mark.parametrize(
    "text",
    [
        "",
        "please",
        "yes, no",
        "ja, nee",
        "stopcontact",
        "back pressure valves",
        "help us with soil",
        "可以停车",
        "是否",
    ],
)
def test_what_only_resembles_a_command_is_none(text: str) -> None:
    assert PHRASES.command(text) is None


@pytest.mark.parametrize("text", ["and in Hebei?", "What about since when", "en in Chengdu?", "那成都呢", "重庆呢？"])
def test_leaning_texts(text: str) -> None:
    assert PHRASES.leans(text)


@pytest.mark.parametrize("text", ["android", "enkel water", "Hebei", "what is Hebei", ""])
def test_texts_that_stand_alone(text: str) -> None:
    assert not PHRASES.leans(text)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("no wait, back", "command:back"),
        ("no, stop", "command:cancel"),
        ("nee wacht, terug", "command:back"),
        ("ja, overslaan", "command:skip"),
        ("等一下，返回", "command:back"),
        ("no, wait", "command:wait"),
        ("wacht, ook industrieel water", None),
        ("skip, back", None),
    ],
)
def test_a_hesitation_before_a_command_does_not_hide_it(text: str, command: str | None) -> None:
    assert PHRASES.command(text) == command


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Where Water Works BV", True),
        ("Terug naar de Bron", True),
        ("Nederland", True),
        ("Will Price", True),
        ("Why Waste?", False),
        ("What is I²PCC", False),
        ("Tell me about Hebei", False),
        ("where is Hebei", False),
        ("为什么", False),
        ("12", False),
    ],
)
def test_names_are_told_by_their_capitals(text: str, name: bool) -> None:
    assert reads_like_a_name(text) is name
