"""Going on with the work of a process that is gone."""

import asyncio
import logging
from contextlib import suppress

from sqlalchemy import func, select

from bot import outbox
from bot.gateway import Assistant
from bot.line import OUTBOX, PULSE, Line
from bot.privacy import describe
from bot.store.engine import Store
from bot.turn import Clock, utc_now

log = logging.getLogger(__name__)

GRACE = 5.0
"""Seconds without a line after which a process counts as gone: after a restart of PostgreSQL all come back."""


class Takeover:
    """Watches the other processes: what one that is gone was sending is sent, what it had accepted is answered."""

    def __init__(self, store: Store, line: Line, assistant: Assistant, clock: Clock = utc_now) -> None:
        self._store = store
        self._line = line
        self._assistant = assistant
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to watch, unless another process does."""
        self._task = asyncio.create_task(self._line.alone("watching the others", self._watch), name="takeover")

    async def stop(self) -> None:
        """Stop. May be called without start."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _watch(self) -> None:
        # Those who were sending when nobody watched are known by their rows.
        known: set[int] | None = None
        missing: dict[int, float] = {}
        while True:
            try:
                living = await self._line.living()
                known = living | (await self._sending() if known is None else known)
                now = asyncio.get_running_loop().time()
                missing = {number: missing.get(number, now) for number in known - living}
                for number in [n for n, since in missing.items() if now - since >= GRACE]:
                    await self._take_over(number)
                    known.discard(number)
            except Exception as error:  # the database may be away for a while
                log.error("Takeover waits: %s", describe(error))
            await asyncio.sleep(PULSE)

    async def _sending(self) -> set[int]:
        async with self._store.read() as session:
            return await outbox.senders(session)

    async def _take_over(self, number: int) -> None:
        async with self._store.write() as session:
            released = await outbox.release(session, number, self._clock())
            await session.execute(select(func.pg_notify(OUTBOX, "")))
        log.info("Process %d is gone; %d messages that it was sending go on here", number, released)
        await self._assistant.handle_open()
