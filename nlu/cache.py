"""Fitted models on disk: written whole or not at all, and doubted when read."""

import logging
import os
import tempfile
from pathlib import Path
from typing import TypeVar

import joblib

log = logging.getLogger(__name__)

T = TypeVar("T")


def load_cached(path: Path, kind: type[T]) -> T | None:
    """What the file keeps, or None when it is missing, broken or something else.

    The file is a pickle: its folder must belong to the assistant alone.
    """
    if not path.is_file():
        return None
    try:
        content = joblib.load(path)
    except Exception as error:  # a damaged pickle raises nearly anything
        log.warning("cached model %s cannot be read (%s); it is trained again", path.name, type(error).__name__)
        return None
    return content if isinstance(content, kind) else None


def store_cached(path: Path, content: object) -> None:
    """Keep `content`, readable by its owner alone, and drop the folder's older models of the same engine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            joblib.dump(content, file)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    for old in path.parent.glob(f"{path.name.split('-')[0]}-*{path.suffix}"):
        if old != path:
            old.unlink(missing_ok=True)
