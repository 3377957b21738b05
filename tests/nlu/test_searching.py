"""The index of the search on disk."""

from collections.abc import Sequence
from pathlib import Path

from knowledge.base import KnowledgeBase
from knowledge.encoder import Encoder, Vectors
from nlu.searching import load_search

QUESTION = "who shares an office in Beijing with Ghent University?"


class Counting:
    """The real encoder, counting what it is asked for."""

    name = "use"

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.texts = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.texts += len(texts)
        return self._encoder.encode(texts)


def test_the_index_is_kept_and_gives_the_same(kb: KnowledgeBase, encoder: Encoder, tmp_path: Path) -> None:
    first = load_search(kb, encoder, tmp_path).search(QUESTION, {})
    counting = Counting(encoder)
    again = load_search(kb, counting, tmp_path)
    assert counting.texts == 0
    assert again.search(QUESTION, {}) == first
    assert len(list(tmp_path.iterdir())) == 1


def test_edited_facts_are_encoded_again(kb: KnowledgeBase, encoder: Encoder, tmp_path: Path) -> None:
    load_search(kb, encoder, tmp_path)
    topic = kb.topic("region:hebei")
    fact = topic.facts[0].model_copy(update={"text": dict.fromkeys(kb.languages, "Bamboo bicycles are made here.")})
    edited = KnowledgeBase(
        kb.languages,
        kb.programme,
        [t if t.id != topic.id else t.model_copy(update={"facts": (fact,)}) for t in kb.topics.values()],
        kb.ties(),
        kb.sources.values(),
        kb.reasons,
    )
    assert load_search(edited, encoder, tmp_path).search("bamboo bicycles", {})[0].topic == "region:hebei"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_damaged_index_is_made_again(kb: KnowledgeBase, encoder: Encoder, tmp_path: Path) -> None:
    first = load_search(kb, encoder, tmp_path).search(QUESTION, {})
    for file in tmp_path.iterdir():
        file.write_bytes(b"broken")
    assert load_search(kb, encoder, tmp_path).search(QUESTION, {}) == first
