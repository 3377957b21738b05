"""Bringing a stored state to this release: one small function a version, oldest first."""

from collections.abc import Callable
from typing import Any

Data = dict[str, Any]


def _additions_and_reminders(data: Data) -> Data:
    """1 to 2: something can be added to an intake, and a draft set aside can be reminded of."""
    drafts = {name: draft | {"remind": False} for name in ("form", "paused") if (draft := data.get(name))}
    return data | drafts | {"adding": None}


def _waiting_files(data: Data) -> Data:
    """2 to 3: files that come after an intake was sent in can wait to be added to it."""
    return data | {"waiting": None}


MIGRATIONS: tuple[Callable[[Data], Data], ...] = (_additions_and_reminders, _waiting_files)
VERSION = 1 + len(MIGRATIONS)


def upgrade(data: Data) -> Data:
    """The state as this release writes it. Raises ValueError for the state of a newer release."""
    version = data.get("version")
    if not isinstance(version, int) or not 1 <= version <= VERSION:
        raise ValueError(f"state version {version} is not of this release or an older one")
    for migrate in MIGRATIONS[version - 1 :]:
        data = migrate(data)
    return data | {"version": VERSION}
