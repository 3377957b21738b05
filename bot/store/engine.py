"""The open database: short transactions for writing, others for reading."""

import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Executable, Row, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from bot.errors import RequestError, SetupError
from bot.settings import Settings
from bot.store.address import database_url, shown
from bot.store.driver import LONG, create_sqlite
from bot.store.failures import away, failures
from bot.store.lock import ProcessLock
from bot.store.migrate import is_current, upgrade
from bot.store.writing import Writer

log = logging.getLogger(__name__)

LARGE = 64_000_000
"""Bytes of a SQLite file from which rewriting it takes longer than people should wait."""
_ABANDONED = "30s"
"""How long PostgreSQL waits in a transaction for a process whose machine may be gone; its locks keep others waiting."""


class Store:
    """A database that was opened by `open_store` or `open_reader`."""

    def __init__(self, engine: AsyncEngine, lock: ProcessLock | None = None) -> None:
        self.engine = engine
        self._lock = lock
        self._writer = Writer(engine) if self.is_sqlite else None
        # A look begins no transaction: on PostgreSQL that spares two trips to the server.
        alone = {"sqlite_begin": None} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        self._looking = reading = engine.execution_options(**alone)
        self._reading = async_sessionmaker(reading, expire_on_commit=False)
        self._idle: AsyncConnection | None = None
        self._scanning = async_sessionmaker(reading.execution_options(**{LONG: True}), expire_on_commit=False)

    @property
    def is_sqlite(self) -> bool:
        """Whether one process has the database for itself."""
        return self.engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """One transaction, committed at the end and rolled back by an exception.

        Raises RequestError 503 while the database is away.
        """
        with _told_when_away():
            async with self._writer.transaction() if self._writer else self.engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A session with a transaction of its own, like `begin`."""
        async with self.begin() as connection, session_on(connection) as session:
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session that only looks, and never waits for a writer on SQLite.

        Raises RequestError 503 while the database is away.
        """
        with _told_when_away():
            async with self._reading() as session:
                yield session

    async def first(self, statement: Executable, **values: object) -> Row[Any] | None:
        """The first row of one statement on the tables, for what each turn asks: a session takes longer than it.

        Raises RequestError 503 while the database is away.
        """
        with _told_when_away():
            idle, self._idle = self._idle, None
            connection = idle or await self._looking.connect()
            try:
                row: Row[Any] | None = (await connection.execute(statement, values)).first()
            except BaseException:
                await connection.close()
                raise
            # On SQLite it holds nothing between two statements; to fetch one anew takes as long as the statement.
            if self._writer and self._idle is None:
                self._idle = connection
            else:
                await connection.close()
            return row

    @asynccontextmanager
    async def scan(self) -> AsyncIterator[AsyncSession]:
        """Like `read`, for what looks at all rows of a table: others go on meanwhile."""
        with _told_when_away():
            async with self._scanning() as session:
                yield session

    async def scrub(self, large: bool = False) -> None:
        """Leave no deleted bytes in SQLite's files: secure_delete misses some in pages that are rebuilt.

        Rewrites the database, in about a second for each hundred megabytes, in which nobody writes. A large one is
        only rewritten when `large` says so, once a day. When it is too busy for that the log tells so.
        """
        if self._writer is None:
            return
        async with self._writer.nobody(), self.engine.connect() as connection:
            whole = large or _size(self.engine.url) < LARGE
            done = await connection.run_sync(_rewrite, whole)
        if not done:
            log.error("Deleted bytes may still stand in the database's files: it was too busy to rewrite them")

    async def close(self) -> None:
        """Close all connections and let another process in."""
        if self._writer:
            await self._writer.close()
        if self._idle:
            await self._idle.close()
        await self.engine.dispose()
        if self._lock:
            self._lock.release()


@asynccontextmanager
async def session_on(connection: AsyncConnection) -> AsyncIterator[AsyncSession]:
    """A session in the transaction of a connection: that alone decides what becomes of both."""
    async with AsyncSession(connection, expire_on_commit=False, join_transaction_mode="rollback_only") as session:
        yield session
        await session.flush()


@contextmanager
def _told_when_away() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if not _means_away(error):
            raise
        raise RequestError(503, "store_unavailable", "The database is away.", retry_after=5) from error


def _means_away(error: Exception) -> bool:
    if not isinstance(error, DBAPIError) or isinstance(error, away()):
        return isinstance(error, away())
    # A connection that was in use was ended, or SQLAlchemy has no name of its own for what PostgreSQL said.
    return error.connection_invalidated or isinstance(getattr(error.orig, "__cause__", None), away())


async def open_store(url: URL) -> Store:
    """Open the database for the one who serves it: locked on SQLite, and migrated.

    Raises SetupError, which says what to do.
    """
    lock = None
    try:
        if url.get_backend_name() == "sqlite":
            lock = ProcessLock(Path(str(url.database)))
        engine = create(url)
        try:
            async with engine.begin() as connection:
                await upgrade(connection)
        except BaseException:
            await engine.dispose()
            raise
    except BaseException as error:
        if lock:
            lock.release()
        if isinstance(error, failures()):
            raise _unusable(url, error) from error
        raise
    return Store(engine, lock)


async def open_reader(url: URL) -> Store:
    """Open an existing database to look into it: nothing is locked, migrated or created.

    Raises SetupError when there is none, or one of another release.
    """
    if url.get_backend_name() == "sqlite" and not _exists(url):
        raise SetupError(f"There is no database at {shown(url)} yet: start the assistant once with scripts/run")
    engine = create(url)
    try:
        async with engine.connect() as connection:
            current = await is_current(connection)
    except failures() as error:
        await engine.dispose()
        raise _unusable(url, error) from error
    if not current:
        await engine.dispose()
        raise SetupError(f"The database {shown(url)} is of another release: start this release's assistant once")
    return Store(engine)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Store]:
    """The database that the settings name, opened by `open_reader` until the end of the block. Raises SetupError."""
    store = await open_reader(database_url(settings.database_url, settings.data_dir))
    try:
        yield store
    finally:
        await store.close()


def _exists(url: URL) -> bool:
    return Path(str(url.database)).is_file()


def create(url: URL) -> AsyncEngine:
    """An engine whose errors never show values."""
    if url.get_backend_name() == "sqlite":
        return create_sqlite(url)
    limits = {"idle_in_transaction_session_timeout": _ABANDONED}
    return create_async_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args={"server_settings": limits})


def _size(url: URL) -> int:
    return Path(str(url.database)).stat().st_size


def _rewrite(connection: Connection, whole: bool) -> bool:
    # On the driver's own connection: neither runs inside a transaction.
    cursor = connection.connection.cursor()
    try:
        if whole:
            cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        row = cursor.fetchone()
    except sqlite3.OperationalError:
        return False
    finally:
        cursor.close()
    return row is not None and not row[0]


def _unusable(url: URL, error: BaseException) -> SetupError:
    reason = str(getattr(error, "orig", None) or error).splitlines()[0].split(": ")[-1]
    hint = "check I2PCC_DATABASE_URL and I2PCC_DATA_DIR"
    if url.get_backend_name() != "sqlite":
        hint = "check that PostgreSQL runs and I2PCC_DATABASE_URL is right"
    return SetupError(f"The database {shown(url)} cannot be used ({reason}): {hint}")


async def reachable(store: Store) -> bool:
    """Whether the database answers."""
    try:
        async with store.read() as session:
            await session.execute(text("SELECT 1"))
    except RequestError:
        return False
    except failures():
        return False
    return True
