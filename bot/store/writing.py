"""Writing on SQLite: transactions one after the other, and one commit for all that wait together.

A commit waits for the disk, 4 ms on a good day and much longer on a busy one. Who comes meanwhile waits, and all who
waited share the next commit. Each is told of success only after it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


@dataclass(slots=True, eq=False)
class _Group:
    """Transactions that are committed together; `committed` tells each of them how it ended."""

    connection: AsyncConnection
    committed: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    committer: asyncio.Task[None] | None = None


class Writer:
    """The one who writes into a SQLite database, first come, first served."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._lock = asyncio.Lock()
        self._group: _Group | None = None
        self._idle: AsyncConnection | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that is committed at the end; an exception rolls back it alone."""
        async with self._lock:
            group, alone = self._group or await self._open(), self._group is None
            self._group = group
            try:
                # Alone in its group it can be rolled back as a whole; others need a savepoint before them.
                async with nullcontext() if alone else group.connection.begin_nested():
                    yield group.connection
            except BaseException as error:
                # A full disk, for one, makes SQLite roll back all of it, not the savepoint alone.
                if alone or not await _in_transaction(group.connection):
                    self._group = None
                    await _fail(group, error)
                raise
        await asyncio.shield(group.committed)

    @asynccontextmanager
    async def nobody(self) -> AsyncIterator[None]:
        """A time in which no transaction is open."""
        async with self._lock:
            if self._group:
                await self._commit(self._group)
            yield

    async def close(self) -> None:
        """Commit what is open, and let go of the connection."""
        async with self.nobody():
            if self._idle:
                await self._idle.close()
                self._idle = None

    async def _open(self) -> _Group:
        connection, self._idle = self._idle or await self._engine.connect(), None
        try:
            await connection.begin()
        except BaseException:
            await connection.close()
            raise
        group = _Group(connection)
        group.committer = asyncio.create_task(self._commit_next(group))
        return group

    async def _commit_next(self, group: _Group) -> None:
        async with self._lock:  # behind all who wait for it already: they are the group
            await self._commit(group)

    async def _commit(self, group: _Group) -> None:
        if self._group is not group:
            return
        self._group = None
        try:
            await group.connection.commit()
        except BaseException as error:
            await _fail(group, error)
            if not isinstance(error, Exception):
                raise
        else:
            group.committed.set_result(None)
            self._idle = group.connection


async def _fail(group: _Group, error: BaseException) -> None:
    """Let go of what the group wrote, and tell who waits for it."""
    if isinstance(error, Exception):
        group.committed.set_exception(error)
        group.committed.exception()  # who is alone in the group has seen it and does not ask
    else:
        group.committed.cancel()
    # After a commit that failed SQLite's transaction is still open, and SQLAlchemy does not know.
    await group.connection.invalidate()
    await group.connection.close()


async def _in_transaction(connection: AsyncConnection) -> bool:
    raw = await connection.get_raw_connection()
    return bool(raw.driver_connection and raw.driver_connection.in_transaction)
