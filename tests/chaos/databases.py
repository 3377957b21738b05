"""The two databases and what happens to each: locked, full, or gone for a moment."""

import asyncio
import sqlite3
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Protocol

import asyncpg

from tests import postgres

_MEGABYTES = 128
_BALLAST = "ballast"


Harm = Callable[[float], Awaitable[None]]
"""A fault that lasts a number of seconds."""


class Database(Protocol):
    """Where the assistant keeps its data. `address` is None for a file in the data folder."""

    address: str | None

    def harms(self) -> dict[str, Harm]:
        """What can happen to it."""
        ...


class Sqlite:
    """A SQLite file on a small disk of its own."""

    address: str | None = None

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def harms(self) -> dict[str, Harm]:
        """What can happen to it."""
        return {"database: write lock held by another process": self.lock, "database: disk full": self.fill}

    async def lock(self, seconds: float) -> None:
        """Hold the write lock as another process would."""
        with closing(self._connect()) as connection:
            await asyncio.to_thread(connection.execute, "BEGIN IMMEDIATE")
            await asyncio.sleep(seconds)
            connection.execute("ROLLBACK")

    async def fill(self, seconds: float) -> None:
        """Fill the disk to the last byte, with no room left in the write-ahead log either, and free it again."""
        ballast = self._folder / _BALLAST
        try:
            with closing(self._connect()) as connection, suppress(sqlite3.OperationalError):
                await asyncio.to_thread(connection.execute, "PRAGMA wal_checkpoint(TRUNCATE)")
            _write_until_full(ballast)
            await asyncio.sleep(seconds)
        finally:
            ballast.unlink(missing_ok=True)

    def _connect(self) -> sqlite3.Connection:
        path = self._folder / "i2pcc.db"
        return sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)


class Postgres:
    """A database of a PostgreSQL cluster."""

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self.address: str | None = f"postgresql://postgres@/postgres?host={socket}"

    def harms(self) -> dict[str, Harm]:
        """What can happen to it."""
        return {"database: PostgreSQL crashed and restarted": self.restart, "database: tables locked": self.lock}

    async def restart(self, _: float) -> None:
        """Crash the cluster, with all connections, and start it again."""
        await asyncio.to_thread(postgres.restart, self._socket)

    async def lock(self, seconds: float) -> None:
        """Hold locks that nobody else can read or write beside."""
        connection = await asyncpg.connect(host=self._socket, user="postgres", database="postgres")
        try:
            async with connection.transaction():
                await connection.execute("LOCK TABLE inbox, outbox IN ACCESS EXCLUSIVE MODE")
                await asyncio.sleep(seconds)
        finally:
            await connection.close()


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A file system of 128 MB at the folder, in memory. Only root may mount one."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_MEGABYTES}m,mode=0700", "tmpfs", str(folder)]
    subprocess.run(mount, check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True, capture_output=True)


def _write_until_full(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            with suppress(OSError):
                while file.write(b"\0" * size) == size:
                    pass
