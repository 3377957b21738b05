"""The two databases and what happens to each: locked, full, or gone for a moment."""

import asyncio
import logging
import sqlite3
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from pathlib import Path
from typing import Protocol

import asyncpg

from tests import postgres

log = logging.getLogger(__name__)
_MEGABYTES = 128


Harm = Callable[[float], Awaitable[None]]
"""A fault that lasts a number of seconds."""


class Database(Protocol):
    """Where the assistant keeps its data. `address` is None for a file in the data folder."""

    address: str | None

    async def create(self) -> None:
        """Make it ready for the assistant's first start."""
        ...

    def harms(self) -> dict[str, Harm]:
        """What can happen to it."""
        ...

    def figures(self) -> dict[str, int]:
        """What it has to tell of what happened."""
        ...


class Sqlite:
    """A SQLite file."""

    address: str | None = None

    def __init__(self, folder: Path, small: bool) -> None:
        """`small` says that the folder is on a disk that may be filled."""
        self._folder = folder
        self._small = small

    async def create(self) -> None:
        """The assistant does that itself."""

    def figures(self) -> dict[str, int]:
        """It writes no log."""
        return {}

    def harms(self) -> dict[str, Harm]:
        """What can happen to it."""
        filling: dict[str, Harm] = {"database: disk full": self.fill} if self._small else {}
        return {"database: write lock held by another process": self.lock, **filling}

    async def lock(self, seconds: float) -> None:
        """Hold the write lock as another process would."""
        await asyncio.to_thread(self._lock, seconds)

    async def fill(self, seconds: float) -> None:
        """Fill the disk to the last byte, with no room left in the write-ahead log either, and free it again."""
        await asyncio.to_thread(self._fill, seconds)

    # In threads, which come to their end also when the run does.

    def _lock(self, seconds: float) -> None:
        with closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            connection.execute("ROLLBACK")

    def _fill(self, seconds: float) -> None:
        with closing(self._connect()) as connection, suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        _hold_full(self._folder / "ballast", seconds)

    def _connect(self) -> sqlite3.Connection:
        path = self._folder / "i2pcc.db"
        return sqlite3.connect(path, timeout=60, isolation_level=None)


class Postgres:
    """A database of a PostgreSQL cluster, where possible in a tablespace on a disk that may be filled."""

    def __init__(self, socket: str, disk: Path | None) -> None:
        self._socket = socket
        self._disk = disk
        self.address: str | None = f"postgresql://postgres@/chaos?host={socket}"

    async def create(self) -> None:
        """Create the database."""
        place = f"TABLESPACE small LOCATION '{self._disk}'" if self._disk else ""
        async with self._connection("postgres") as connection:
            if place:
                await connection.execute(f"CREATE {place}")
            await connection.execute(f"CREATE DATABASE chaos {'TABLESPACE small' if place else ''}")

    def harms(self) -> dict[str, Harm]:
        """What can happen to it."""
        filling: dict[str, Harm] = {"database: disk full": self.fill} if self._disk else {}
        return {
            "database: PostgreSQL crashed and restarted": self.restart,
            "database: tables locked": self.lock,
            **filling,
        }

    def figures(self) -> dict[str, int]:
        """How often the server refused something for want of room."""
        refused = (Path(self._socket) / "log").read_text("utf-8", "replace").count("No space left on device")
        return {"database: statements refused for want of room": refused} if self._disk else {}

    async def restart(self, _: float) -> None:
        """Crash the cluster, with all connections, and start it again."""
        await asyncio.to_thread(postgres.restart, self._socket)

    async def lock(self, seconds: float) -> None:
        """Hold locks that nobody else can read or write beside, once nobody who holds one of them wants the other."""
        async with self._connection("chaos") as connection:
            while True:
                try:
                    async with connection.transaction():
                        await connection.execute("LOCK TABLE inbox, outbox IN ACCESS EXCLUSIVE MODE")
                        return await asyncio.sleep(seconds)
                except asyncpg.DeadlockDetectedError:
                    continue

    async def fill(self, seconds: float) -> None:
        """Fill the tablespace's disk to the last byte, and free it again. The write-ahead log is on another one."""
        assert self._disk
        await asyncio.to_thread(_hold_full, self._disk / "ballast", seconds)

    @asynccontextmanager
    async def _connection(self, database: str) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(host=self._socket, user="postgres", database=database)
        try:
            yield connection
        finally:
            await connection.close()


@contextmanager
def small_disk(folder: Path, owner: str = "root") -> Iterator[bool]:
    """A file system of 128 MB at the folder, in memory; yields False where it may not be mounted (without root)."""
    folder.mkdir(parents=True, exist_ok=True)
    options = f"size={_MEGABYTES}m,mode=0700,uid={owner}"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True).returncode == 0
    if not mounted:
        log.warning("without root there is no small disk to fill: the database is never full in this run")
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True, capture_output=True)


def _hold_full(ballast: Path, seconds: float) -> None:
    try:
        _write_until_full(ballast)
        time.sleep(seconds)
    finally:
        ballast.unlink(missing_ok=True)


def _write_until_full(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            with suppress(OSError):
                while file.write(b"\0" * size) == size:
                    pass
