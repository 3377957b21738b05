"""The content as it was read and checked before, while its files and the code that reads them are the same.

Kept are the knowledge base, what a start needs of the 27,000 examples, and they themselves for who compares them with
edited ones: only then are they unpacked.
"""

import hashlib
import sys
from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, overload

import numpy as np

from bot.content import Content, read_content
from bot.settings import Settings
from knowledge.base import KnowledgeBase
from knowledge.model import Localized, ReasonTexts, Source, Strict, Tie, Topic
from nlu.cache import Arrays, load_cached, packed, store_cached, unpacked
from nlu.training import Annotation, Example

_CODE = ("bot", "dialogues", "knowledge", "nlu")
_DATA = (("dialogues", "data"), ("nlu", "lexicon"))
_PACKAGES = ("langdetect", "opencc", "pydantic", "pyyaml", "stopwordsiso")


def load_content(settings: Settings) -> Content:
    """What `read_content` gives, most of it kept in the cache. Raises KnowledgeError."""
    digest = _digest(settings)
    path = settings.data_dir / "cache" / f"content-{digest[:16]}.npy"
    kept = load_cached(path)
    if kept:
        return _restored(kept)
    content = read_content(settings)
    if _digest(settings) == digest:  # nobody edited it meanwhile
        store_cached(path, _kept(content))
    return content


def _kept(content: Content) -> Arrays:
    derived = {"entries": content.entries, "key": content.key, "learnt": content.learnt, "count": len(content.examples)}
    words = {code: sorted(words) for code, words in content.vocabulary.items()}
    return {
        "derived": packed(derived),
        "knowledge": np.frombuffer(_Knowledge.of(content.kb).model_dump_json().encode(), np.uint8),
        "vocabulary": packed(words),
        "known": packed(sorted(content.known)),
        "examples": packed([_row(e) for e in content.examples]),
        "questions": packed([_row(e) for e in content.questions]),
    }


def _restored(kept: Arrays) -> Content:
    derived = unpacked(kept["derived"])
    examples = _Examples(kept["examples"], derived.pop("count"))
    kb = _Knowledge.model_validate_json(kept["knowledge"].tobytes()).whole()
    content = Content(kb, examples, [_example(row) for row in unpacked(kept["questions"])])
    words = {code: frozenset(words) for code, words in unpacked(kept["vocabulary"]).items()}
    # The places where cached_property looks first.
    vars(content).update(derived, vocabulary=words, known=frozenset(unpacked(kept["known"])))
    return content


class _Knowledge(Strict):
    """A knowledge base as it was read and completed; what JSON gives back is validated again."""

    languages: tuple[str, ...]
    programme: Localized
    topics: tuple[Topic, ...]
    ties: tuple[Tie, ...]
    sources: tuple[Source, ...]
    reasons: ReasonTexts
    confusable: tuple[str, ...]

    @classmethod
    def of(cls, kb: KnowledgeBase) -> "_Knowledge":
        return cls(
            languages=kb.languages,
            programme=kb.programme,
            topics=tuple(kb.topics.values()),
            ties=tuple(kb.ties()),
            sources=tuple(kb.sources.values()),
            reasons=kb.reasons,
            confusable=kb.confusable,
        )

    def whole(self) -> KnowledgeBase:
        return KnowledgeBase(**{name: getattr(self, name) for name in type(self).model_fields})


class _Examples(Sequence[Example]):
    """The examples, made when one is asked for."""

    def __init__(self, array: Any, count: int) -> None:
        self._array = array
        self._count = count

    @cached_property
    def _every(self) -> list[Example]:
        return [_example(row) for row in unpacked(self._array)]

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Example: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Example]: ...

    def __getitem__(self, place: int | slice) -> Example | Sequence[Example]:
        return self._every[place]


def _row(example: Example) -> list[Any]:
    entities = [[a.type, a.value, a.start, a.end] for a in example.entities]
    return [example.text, example.intent, example.language, entities]


def _example(row: list[Any]) -> Example:
    text, intent, language, entities = row
    return Example(text, intent, language, tuple(Annotation(*entity) for entity in entities))


def _digest(settings: Settings) -> str:
    """Changes with the content, with all that reads and checks it, and with what this depends on."""
    digest = hashlib.sha256(f"{sys.version} {[version(p) for p in _PACKAGES]}".encode())
    for root in (settings.knowledge_dir or files("knowledge") / "data", settings.training_dir or files("nlu") / "data"):
        _add(digest, _files(root))
    for folder in _DATA:
        _add(digest, _files(files(folder[0]) / folder[1]))
    for package in _CODE:
        _add(digest, ((e.name, e) for e in sorted(files(package).iterdir(), key=_name) if e.name.endswith(".py")))
    return digest.hexdigest()


def _add(digest: Any, found: Iterator[tuple[str, Traversable]]) -> None:
    for place, file in found:
        content = file.read_bytes()
        digest.update(f"{place} {len(content)}\n".encode() + content)


def _files(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=_name) if folder.is_dir() else ():
        place = f"{prefix}/{entry.name}"
        if entry.is_dir():
            yield from _files(entry, place)
        else:
            yield place, entry


def _name(entry: Traversable) -> str:
    return entry.name
