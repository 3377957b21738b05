"""Fitted models on disk: written whole or not at all, and doubted when read."""

import logging
import os
import stat
import tempfile
from pathlib import Path
from typing import TypeVar

import joblib

log = logging.getLogger(__name__)

T = TypeVar("T")


def load_cached(path: Path, kind: type[T]) -> T | None:
    """What the file keeps, or None when it is missing, broken or something else.

    The file is a pickle, which runs what it holds: one that another user owns or may write is not opened.
    """
    if not path.is_file():
        return None
    if not is_ours(path):
        log.warning("cached model %s can be written by other users; it is trained again", path.name)
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


def is_ours(path: Path) -> bool:
    """Whether nobody but its owner, this user or root, can write the file."""
    file = path.stat()
    return file.st_uid in (os.geteuid(), 0) and not file.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
