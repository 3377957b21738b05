from sklearn.feature_extraction.text import TfidfVectorizer

from nlu.features import LETTERS, VOCABULARY, Terms, letter_grams, surface, word_grams
from nlu.training import load_training

TEXTS = [e.text for e in load_training()[::11]]


def test_letter_grams_are_those_of_scikit_learn() -> None:
    split = TfidfVectorizer(analyzer="char_wb", ngram_range=(LETTERS.start, LETTERS.stop - 1)).build_analyzer()
    for text in ("a", "is", "to go", "hydrogen for ships", "percolaat", "", "  "):
        assert sorted(letter_grams(surface(text))) == sorted(split(surface(text)))


def test_rows_are_those_of_scikit_learn() -> None:
    surfaces = [surface(t) for t in TEXTS]
    for grams in (word_grams, letter_grams):
        terms = Terms.fit(grams, surfaces)
        other = TfidfVectorizer(analyzer=grams, min_df=2, sublinear_tf=True, max_features=VOCABULARY).fit(surfaces)
        for text in surfaces[::5]:
            columns, values = terms.row(text)
            expected = other.transform([text]).tocoo()
            mine = dict(zip(columns.tolist(), values.tolist(), strict=True))
            theirs = dict(zip(expected.col.tolist(), expected.data.tolist(), strict=True))
            assert mine.keys() == theirs.keys()
            assert all(abs(mine[c] - theirs[c]) < 1e-5 for c in mine)


def test_han_characters_are_words() -> None:
    assert "河 北" in word_grams(surface("河北"))
    assert letter_grams(surface("河北")) == []
