import gzip
from importlib.resources import files

import pytest

from nlu.words import LIMIT, WordRatios


@pytest.fixture(scope="module")
def ratios() -> WordRatios:
    return WordRatios()


@pytest.mark.parametrize("word", ["which", "hydrogen", "price", "soil"])
def test_english_words_speak_for_english(ratios: WordRatios, word: str) -> None:
    assert 2 < (ratios.known(word) or 0) <= LIMIT


@pytest.mark.parametrize("word", ["welke", "waterstof", "prijs", "bodem"])
def test_dutch_words_speak_for_dutch(ratios: WordRatios, word: str) -> None:
    assert -LIMIT <= (ratios.known(word) or 0) < -2


@pytest.mark.parametrize("word", ["project", "info", "water"])
def test_words_of_both_languages_say_little(ratios: WordRatios, word: str) -> None:
    assert abs(ratios.known(word) or 0) <= 1


@pytest.mark.parametrize(
    "word", ["slibverwerkingsbedrijf", "rookgasreinigingsinstallatie", "bodemsaneringsdeskundigen"]
)
def test_a_compound_counts_as_its_parts(ratios: WordRatios, word: str) -> None:
    assert ratios.known(word) is None
    assert (ratios.ratio(word) or 0) < -2


@pytest.mark.parametrize("word", ["", "qzx", "zzzzqqqq", "zzzzzzzzzz\U0001f600", "\t", "#"])
def test_what_has_no_known_part_says_nothing(ratios: WordRatios, word: str) -> None:
    assert ratios.ratio(word) is None


def test_every_word_of_the_file_is_found(ratios: WordRatios) -> None:
    text = gzip.decompress((files("nlu") / "lexicon" / "words.tsv.gz").read_bytes()).decode()
    words = [line.split("\t")[0] for line in text.splitlines() if not line.startswith("#")]
    assert len(words) > 80_000
    assert all(ratios.known(word) is not None for word in words)


def test_the_file_credits_its_source() -> None:
    head = gzip.decompress((files("nlu") / "lexicon" / "words.tsv.gz").read_bytes()).decode()[:1000]
    assert "wordfreq" in head
    assert "CC BY-SA 4.0" in head
