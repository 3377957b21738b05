"""SQLite's driver: short statements run where they are awaited, what may take long runs in a thread.

A trip to the thread and back costs several times what a statement does, and while a transaction waits for its
next trip nobody else can write.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy import event
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_cursor
from sqlalchemy.engine import URL, Connection, ExecutionContext
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import await_only

BUSY_MS = 30_000
CONNECTIONS = 5
"""Connections at most, one of them the writer's. A short statement needs none for longer than itself."""
LONG = "i2pcc_long"
"""Execution option of statements that look at many rows: they run in the thread."""
_BEGIN = "BEGIN IMMEDIATE"
_PRAGMAS = (
    f"busy_timeout={BUSY_MS}",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
)
Result = TypeVar("Result")


def create_sqlite(url: URL) -> AsyncEngine:
    """An engine with the pragmas and transactions that SQLite needs; values never reach its errors."""

    def connect() -> _Driver:
        return _Driver(str(url.database))

    # The one used last has its pages at hand; without a fixed number a burst opens dozens and drops them again.
    engine = create_async_engine(
        url,
        hide_parameters=True,
        async_creator=connect,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_use_lifo=True,
    )
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    event.listen(engine.sync_engine, "do_execute", _execute)
    event.listen(engine.sync_engine, "do_executemany", _execute_many)
    return engine


class _Driver(aiosqlite.Connection):
    """A connection that knows whether its thread is at work."""

    def __init__(self, path: str) -> None:
        # The driver must not begin transactions by itself: see SQLAlchemy's notes on pysqlite.
        open_ = partial(sqlite3.connect, path, isolation_level=None, check_same_thread=False)
        super().__init__(open_, iter_chunk_size=64)
        self._thread.daemon = True
        self._asked = self._done = 0

    async def _execute(self, fn: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        """Run in the thread: what is cancelled goes on there, and the next one waits for it."""

        def counted() -> Result:
            try:
                return fn(*args, **kwargs)
            finally:
                self._done += 1

        self._asked += 1
        result: Result = await super()._execute(counted)  # type: ignore[no-untyped-call]
        return result

    async def run(self, fn: Callable[[], Result], long: bool) -> Result:
        """Run here, or in the thread when it may take long or is still at work."""
        return await self._execute(fn) if long or self._asked != self._done else fn()

    async def begin(self) -> None:
        """Begin to write, in the thread: another process may be writing, and this one has to wait for it."""
        await self._execute(self._conn.execute, _BEGIN)

    def begun_at_once(self) -> bool:
        """Begin to write, unless the thread is at work or something is in the way."""
        if self._asked != self._done:
            return False
        self._conn.execute("PRAGMA busy_timeout=0")
        try:
            self._conn.execute(_BEGIN)
        except sqlite3.OperationalError:
            return False
        finally:
            self._conn.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        return True

    async def rollback(self) -> None:
        """Roll back what was begun; most often that is nothing, and not worth a trip."""
        if self._asked != self._done or self._conn.in_transaction:
            await super().rollback()


def _prepare(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    begin = connection.get_execution_options().get("sqlite_begin", _BEGIN)
    # As a statement of SQLAlchemy's it takes three times as long: so only what can't begin at once is one.
    if begin and not connection.connection.dbapi_connection._connection.begun_at_once():  # type: ignore[union-attr]
        connection.exec_driver_sql(begin)


def _execute(
    cursor: AsyncAdapt_aiosqlite_cursor, statement: str, parameters: Sequence[Any], context: ExecutionContext
) -> bool:
    driver = cursor._connection

    def run() -> None:
        with closing(driver._conn.execute(statement, parameters)) as done:
            cursor.description, cursor._rows = done.description, deque(done.fetchall())
            cursor.rowcount, cursor.lastrowid = done.rowcount, done.lastrowid

    if statement == _BEGIN:
        await_only(driver.begin())
    else:
        await_only(driver.run(run, long=LONG in context.execution_options))
    return True


def _execute_many(
    cursor: AsyncAdapt_aiosqlite_cursor, statement: str, parameters: Sequence[Any], context: ExecutionContext
) -> bool:
    driver = cursor._connection

    def run() -> None:
        with closing(driver._conn.executemany(statement, parameters)) as done:
            cursor.description, cursor.rowcount = None, done.rowcount

    await_only(driver.run(run, long=LONG in context.execution_options))
    return True
