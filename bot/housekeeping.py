"""What nobody asks for and has to be done: orphaned updates are answered, old data is erased."""

import asyncio
import logging
from contextlib import suppress
from datetime import datetime, timedelta

from bot.deliveries import count
from bot.gateway import Assistant
from bot.privacy import describe
from bot.reminding import remind
from bot.retention import purge
from bot.signals import Signals
from bot.store.engine import Store
from bot.turn import Clock, Turn, utc_now

log = logging.getLogger(__name__)
_SWEEP_SECONDS = 15.0
_PURGE_EVERY = timedelta(days=1)


class Housekeeper:
    """Sweeps the inbox every 15 seconds and purges once a day, at the start for the first time.

    Of several processes one does it.
    """

    def __init__(
        self,
        store: Store,
        assistant: Assistant,
        turn: Turn,
        signals: Signals,
        retention_days: int,
        clock: Clock = utc_now,
    ) -> None:
        self._store = store
        self._assistant = assistant
        self._turn = turn
        self._signals = signals
        self._retention_days = retention_days
        self._clock = clock
        self._purged_at: datetime | None = None
        self._task: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()

    def look(self) -> None:
        """Sweep at once."""
        self._woken.set()

    async def start(self) -> None:
        """Begin, first with what an earlier process left behind."""
        self._task = asyncio.create_task(self._signals.alone("housekeeping", self._run), name="housekeeping")

    async def stop(self) -> None:
        """Stop. May be called without start."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            try:
                await self.sweep()
            except Exception as error:  # the database may be away for a while
                log.error("Housekeeping failed: %s", describe(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(_SWEEP_SECONDS):
                    await self._woken.wait()
            self._woken.clear()

    async def sweep(self) -> None:
        """Answer what waits in the inbox, remind who asked for it, and purge when a day has passed."""
        await self._assistant.handle_open()
        now = self._clock()
        await count(self._store, now)
        if reminded := await remind(self._store, self._turn, self._signals, now):
            log.info("Reminders: %d", reminded)
        if self._purged_at is None or now - self._purged_at >= _PURGE_EVERY:
            erased = await purge(self._store, self._turn.kb, self._signals, self._retention_days, now)
            self._purged_at = now
            log.info("Retention: %d conversations erased", erased)
