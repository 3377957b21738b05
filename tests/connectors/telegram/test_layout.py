import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.telegram.layout import split
from connectors.telegram.texts import texts
from nlu.types import SERVED, LanguageCode


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@given(st.text(st.characters(codec="utf-8"), max_size=300), st.integers(2, 40))
def test_parts_fit_and_lose_only_blanks(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(units(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("short", ["short"]),
        ("one two\n\nthree four", ["one two", "three four"]),
        ("one two\nthree four", ["one two", "three four"]),
        ("One two. Three four", ["One two.", "Three four"]),
        ("one two three four", ["one two", "three four"]),
        ("河北在北京周围。陕西有各种能源。", ["河北在北京周围。", "陕西有各种能源。"]),
        ("abcdefghijklmnop", ["abcdefghijkl", "mnop"]),
        ("😀" * 7, ["😀" * 6, "😀"]),
    ],
)
def test_the_best_border_is_taken(text: str, parts: list[str]) -> None:
    assert split(text, 12) == parts


@pytest.mark.parametrize("language", SERVED)
def test_every_language_has_the_same_commands(language: LanguageCode) -> None:
    words = texts(language)
    assert list(words.commands) == list(texts("en").commands)
    assert words.group.format(bot="@x").count("@x") == 1


def test_traditional_is_made_from_simplified() -> None:
    assert texts("zh-Hans").source == "来源"
    assert texts("zh-Hant").source == "來源"
