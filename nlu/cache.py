"""Fitted models on disk: arrays that are mapped into memory, written whole or not at all, and doubted when read."""

import json
import logging
import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

log = logging.getLogger(__name__)

Arrays = Mapping[str, NDArray[Any]]
_ALIGNMENT = 64
"""Bytes at whose multiples arrays begin, as numpy lays them out itself."""


def load_cached(path: Path) -> Arrays | None:
    """The arrays that a file keeps, or None when it is missing or broken.

    They are read-only and read from the file when they are used; processes on one machine share them. What another
    user owns or may write is not taken: it would decide what the assistant says.
    """
    if not path.is_file():
        return None
    if not is_ours(path):
        log.warning("cached model %s can be written by other users; it is made again", path.name)
        return None
    try:
        record = np.load(path, mmap_mode="r", allow_pickle=False)
        return {name: np.asarray(record[name][0]) for name in record.dtype.names}
    except Exception as error:  # a damaged file raises nearly anything
        log.warning("cached model %s cannot be read (%s); it is made again", path.name, type(error).__name__)
        return None


def store_cached(path: Path, arrays: Arrays) -> None:
    """Keep the arrays, readable by their owner alone, and drop the folder's older files of the same engine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            np.save(file, _record(arrays), allow_pickle=False)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    for old in path.parent.glob(f"{path.name.split('-')[0]}-*"):
        if old != path:
            old.unlink(missing_ok=True)


def _record(arrays: Arrays) -> NDArray[np.void]:
    """The arrays as the fields of one record: numpy maps a file of one array, and none of several."""
    offsets, end = [], 0
    for array in arrays.values():
        offsets.append(end)
        end += -(-array.nbytes // _ALIGNMENT) * _ALIGNMENT
    formats = [(array.dtype, array.shape) for array in arrays.values()]
    fields: Any = {"names": list(arrays), "formats": formats, "offsets": offsets, "itemsize": end}
    record = np.zeros(1, np.dtype(fields))
    for name, array in arrays.items():
        record[name][0] = array
    return record


def packed(content: object) -> NDArray[np.uint8]:
    """What JSON can hold, as an array."""
    return np.frombuffer(json.dumps(content, ensure_ascii=False).encode(), np.uint8)


def unpacked(array: NDArray[np.uint8]) -> Any:
    """What `packed` was given."""
    return json.loads(array.tobytes())


def is_ours(path: Path) -> bool:
    """Whether nobody but its owner, this user or root, can write the file."""
    file = path.stat()
    return file.st_uid in (os.geteuid(), 0) and not file.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
