"""What every engine sees of a text before it looks for a topic: names, entities, the form of a question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.base import KnowledgeBase
from knowledge.gazetteer import Gazetteer, Mention
from nlu.entities import EntityFinder, is_question
from nlu.types import Entity

MAX_CHARACTERS = 4000
JOINING = 3
"""Longest word, in characters, that may stand between numbers or addresses: and, en, 和."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_DATA = frozenset({"number", "email", "url", "reference"})


@dataclass(frozen=True, slots=True)
class Prepared:
    """`text` is capped and free of lone surrogates; `topical` tells whether a topic can be read from it at all."""

    text: str
    mentions: tuple[Mention, ...]
    entities: tuple[Entity, ...]
    question: bool
    topical: bool


@lru_cache(maxsize=1)
def gazetteer(kb: KnowledgeBase) -> Gazetteer:
    """The names of a knowledge base, one look-up for all who use them."""
    return Gazetteer(kb)


class Preparer:
    """Prepares texts for the engines. Read-only, safe to share between threads."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._entities = EntityFinder(gazetteer)

    def prepare(self, text: str) -> Prepared:
        """Any text is fine."""
        read = _SURROGATE.sub("\ufffd", text[:MAX_CHARACTERS])
        mentions = tuple(self._gazetteer.find(read))
        entities = tuple(self._entities.find(read, mentions))
        topical = any(c.isalpha() for c in read) and not _only_data(read, entities)
        return Prepared(read, mentions, entities, is_question(read), topical)


def _only_data(text: str, entities: Sequence[Entity]) -> bool:
    """Whether nothing but numbers, addresses or a reference was written: no topic can be read from those."""
    data = [e for e in entities if e.type in _DATA]
    for entity in sorted(data, key=lambda e: -e.start):
        text = text[: entity.start] + " " + text[entity.end :]
    return bool(data) and all(len(word) <= JOINING for word in text.split())
