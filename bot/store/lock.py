"""One process per SQLite file."""

import fcntl
import os
from pathlib import Path

from bot.errors import SetupError


class ProcessLock:
    """An exclusive lock beside the database, given back by `release` or by the end of the process."""

    def __init__(self, database: Path) -> None:
        database.parent.mkdir(parents=True, exist_ok=True)
        path = database.with_name(database.name + ".lock")
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.release()
            raise SetupError(
                f"Another process already uses {database}: stop it, or use PostgreSQL for several processes"
            ) from error

    def release(self) -> None:
        """Let another process in. May be called twice."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
