"""This process among others on one PostgreSQL.

It keeps one session of the database, its line. There it hears what others commit (the triggers of migration 0005
tell it), and holds advisory locks: one that shows that it lives, one for each duty that a single process has, one
for each conversation whose turn it runs. They end with the line: at once when the process is killed, after STALLED
seconds when it hangs or its machine is gone.
"""

import asyncio
import hashlib
import logging
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from random import SystemRandom
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.privacy import describe
from bot.signals import Signals

log = logging.getLogger(__name__)

PULSE = 1.0
"""Seconds between two signs of life, and between two looks whether a duty is free."""
STALLED = 10
"""Seconds without a sign of life after which PostgreSQL ends the line, with all its locks."""
OUTBOX, CONVERSATION = "i2pcc_outbox", "i2pcc_conversation"
_AGAIN = 0.02
_PROCESS, _DUTY = 0x12CC01, 0x12CC02
_BROKEN = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
_LIVING = (
    "SELECT array_agg(objid::bigint) FROM pg_locks WHERE locktype = 'advisory' AND classid = $1 AND objsubid = 2"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class _Session:
    """One connection, until it ends."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.ended = asyncio.Event()
        self._turn = asyncio.Lock()
        connection.add_termination_listener(lambda _: self.ended.set())

    async def ask(self, query: str, *arguments: object) -> Any:
        """The first value of a query. Who is cancelled does not cancel it: a lock would be held unknowingly."""
        asking = asyncio.create_task(self._ask(query, *arguments))
        asking.add_done_callback(lambda task: task.cancelled() or task.exception())
        return await asyncio.shield(asking)

    async def _ask(self, query: str, *arguments: object) -> Any:
        async with self._turn:
            return await self.connection.fetchval(query, *arguments)


class Line(Signals):
    """Signals that reach other processes and come from them."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__()
        self.number: int = SystemRandom().randrange(1, 2**31)
        _, self._address = engine.dialect.create_connect_args(engine.url)
        self._session: _Session | None = None
        self._up = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the line, and from now on again whenever it is cut."""
        log.info("This process is number %d on its database", self.number)
        self._task = asyncio.create_task(self._keep(), name="line to PostgreSQL")
        with suppress(TimeoutError):
            await asyncio.wait_for(self._up.wait(), STALLED)

    async def stop(self) -> None:
        """Close the line: others may take over what is left."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def living(self) -> set[int]:
        """The numbers of the processes whose lines are open. Raises ConnectionError without one's own."""
        if self._session is None:
            raise ConnectionError("there is no line to PostgreSQL")
        return set(await self._session.ask(_LIVING, _PROCESS) or ())

    @asynccontextmanager
    async def exclusive(self, conversation_id: str) -> AsyncIterator[None]:
        """Keep other processes away from a conversation meanwhile, waiting for the one that is at it.

        Without a line, and when the other one hangs, the conversation's revision alone decides.
        """
        session = self._session
        if session is None:
            yield
            return
        digest = hashlib.blake2b(conversation_id.encode(), digest_size=8).digest()
        key = int.from_bytes(digest, signed=True)
        try:
            with suppress(*_BROKEN):
                async with asyncio.timeout(STALLED):
                    # There is no event to wait for: another process lets go.
                    while not await session.ask("SELECT pg_try_advisory_lock($1::bigint)", key):  # noqa: ASYNC110
                        await asyncio.sleep(_AGAIN)
            yield
        finally:
            with suppress(*_BROKEN):
                await session.ask("SELECT pg_advisory_unlock($1::bigint)", key)

    async def alone(self, duty: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run work while this process has the duty; a cut line cancels it until the duty is regained."""
        while True:
            async with self._on_duty(duty) as session:
                working = asyncio.ensure_future(work())
                ended = asyncio.create_task(session.ended.wait())
                try:
                    await asyncio.wait((working, ended), return_when=asyncio.FIRST_COMPLETED)
                    if working.done():
                        return working.result()
                finally:
                    working.cancel()
                    ended.cancel()
                    await asyncio.gather(working, ended, return_exceptions=True)
            log.warning("The line to PostgreSQL was cut: %s stops here", duty)

    @asynccontextmanager
    async def _on_duty(self, duty: str) -> AsyncIterator[_Session]:
        key = zlib.crc32(duty.encode()) - 2**31
        session = None
        try:
            while not (session and await _granted(session, key)):
                if session:
                    await asyncio.sleep(PULSE)
                await self._up.wait()
                session = self._session
            log.info("This process is %s now", duty)
            yield session
        finally:
            if session:
                with suppress(*_BROKEN):
                    await session.ask("SELECT pg_advisory_unlock($1::int, $2::int)", _DUTY, key)

    async def _keep(self) -> None:
        told = ""
        while True:
            try:
                await self._live()
            except _BROKEN as error:
                if told != (told := describe(error)):
                    log.warning("There is no line to PostgreSQL, trying again: %s", told)
            await asyncio.sleep(PULSE)

    async def _live(self) -> None:
        limits = {"timeout": STALLED, "command_timeout": STALLED}
        session = _Session(await asyncpg.connect(**(dict(self._address) | limits)))
        try:
            await self._introduce(session)
            self._session = session
            self._up.set()
            self.everyone()
            while True:
                await session.ask("SELECT 1")
                with suppress(TimeoutError):
                    await asyncio.wait_for(session.ended.wait(), PULSE)
        finally:
            self._session = None
            self._up.clear()
            session.connection.terminate()

    async def _introduce(self, session: _Session) -> None:
        # PostgreSQL 13 does not know this limit.
        limit = "SELECT set_config(name, $1, false) FROM pg_settings WHERE name = 'idle_session_timeout'"
        await session.ask(limit, f"{STALLED}s")
        # Shared: the line that was cut before may still hold it.
        await session.ask("SELECT pg_advisory_lock_shared($1::int, $2::int)", _PROCESS, self.number)
        await session.connection.add_listener(CONVERSATION, lambda _, __, ___, id_: self.said(id_))
        await session.connection.add_listener(OUTBOX, lambda *_: self.waiting())


async def _granted(session: _Session, key: int) -> bool:
    with suppress(*_BROKEN):
        return bool(await session.ask("SELECT pg_try_advisory_lock($1::int, $2::int)", _DUTY, key))
    return False
