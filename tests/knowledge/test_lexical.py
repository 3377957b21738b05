"""Likeness by shared words and letters."""

import numpy as np
import pytest

from knowledge.lexical import LexicalIndex, grams

TEXTS = ["Hebei grew up on heavy industry.", "Slibbehandeling betekent minder slib.", "污泥处理这一挑战"]


@pytest.fixture(scope="module")
def index() -> LexicalIndex:
    return LexicalIndex.fit(TEXTS)


def test_a_text_is_most_like_itself(index: LexicalIndex) -> None:
    for place, text in enumerate(TEXTS):
        alike = index.cosines(text)
        assert int(np.argmax(alike)) == place
        assert alike[place] == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(("text", "place"), [("slibverwerking", 1), ("industries", 0), ("污泥", 2), ("污泥處理", 2)])
def test_inflected_compound_and_traditional_words_are_alike(index: LexicalIndex, text: str, place: int) -> None:
    alike = index.cosines(text)
    assert int(np.argmax(alike)) == place
    assert 0 < alike[place] < 1


def test_words_that_nobody_has_make_a_text_less_like_all(index: LexicalIndex) -> None:
    assert index.cosines("slib uit de pretparkvijver")[1] < index.cosines("slib")[1]


@pytest.mark.parametrize("text", ["", "🙂", "…", "\ud800", "zzzz"])
def test_a_text_without_known_words_is_like_nothing(index: LexicalIndex, text: str) -> None:
    assert not index.cosines(text).any()


def test_chinese_counts_by_one_and_by_two_characters() -> None:
    assert grams("污泥处理") == ["污", "泥", "处", "理", "污泥", "泥处", "处理"]
