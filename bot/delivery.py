"""Sending outbox rows: in order within a conversation, different conversations at the same time."""

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from random import SystemRandom

from bot import outbox
from bot.outbox import Leased
from bot.ports import Channel, Retry, Undeliverable
from bot.privacy import describe
from bot.signals import Signals
from bot.store.engine import Store
from bot.turn import Clock, utc_now

log = logging.getLogger(__name__)

PARALLEL = 8
SEND_TIMEOUT = 90.0
"""Seconds after which a send counts as lost; less than the lease."""
LONGEST_BACKOFF = 600.0
_LONGEST_SLEEP = 30.0
_GRACE = 10.0
_random = SystemRandom()


def backoff(attempts: int) -> timedelta:
    """How long to wait after a number of tries: doubling up to ten minutes, with jitter."""
    longest = min(2.0 ** min(attempts, 30), LONGEST_BACKOFF)
    return timedelta(seconds=_random.uniform(longest / 2, longest))


class DeliveryWorker:
    """Sends the outbox rows of one channel."""

    def __init__(self, store: Store, channel: Channel, signals: Signals, clock: Clock = utc_now) -> None:
        self._store = store
        self._channel = channel
        self._lane = channel.name
        self._clock = clock
        self._wakeup = signals.outbox()
        self._signals = signals
        self._loop: asyncio.Task[None] | None = None
        self._sending: dict[str, asyncio.Task[None]] = {}

    async def start(self) -> None:
        """Begin to send. The channel must have been started."""
        if self._store.is_sqlite:
            async with self._store.write() as session:
                await outbox.release_leases(session, self._lane, self._clock())
        self._loop = asyncio.create_task(self._run(), name=f"delivery of {self._lane}")

    async def stop(self) -> None:
        """Finish what is being sent, at most ten seconds long, and leave the rest for the next start."""
        self._wakeup.close()
        if self._loop:
            self._loop.cancel()
            with suppress(asyncio.CancelledError):
                await self._loop
        if tasks := list(self._sending.values()):
            _, late = await asyncio.wait(tasks, timeout=_GRACE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                delay = await self._launch()
            except Exception as error:  # the database may be away for a while
                log.error("Delivery of %s waits: %s", self._lane, describe(error))
                delay = _LONGEST_SLEEP
            with suppress(TimeoutError):
                async with asyncio.timeout(delay):
                    await self._wakeup.wait()

    async def _launch(self) -> float:
        """Start sending what is due; gives the seconds until there may be more."""
        now = self._clock()
        async with self._store.read() as session:
            free = PARALLEL - len(self._sending)
            ready = await outbox.due(session, self._lane, now, self._sending, free) if free else []
            for conversation_id in ready:
                task = asyncio.create_task(self._drain(conversation_id))
                self._sending[conversation_id] = task
            soonest = await outbox.next_due(session, self._lane, self._sending)
        if soonest is None or len(self._sending) >= PARALLEL:
            return _LONGEST_SLEEP
        return min(max((soonest - now).total_seconds(), 0.0), _LONGEST_SLEEP)

    async def _drain(self, conversation_id: str) -> None:
        try:
            while await self._send_next(conversation_id):
                if self._loop is None or self._loop.done():
                    return
        except Exception as error:
            log.error("Delivery of %s failed: %s", self._lane, describe(error))
            await asyncio.sleep(1)
        finally:
            self._sending.pop(conversation_id, None)
            self._wakeup.wake()

    async def _send_next(self, conversation_id: str) -> bool:
        async with self._store.write() as session:
            leased = await outbox.lease(session, self._lane, conversation_id, self._clock())
        if leased is None:
            return False
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                result = await self._channel.send(leased.delivery)
        except Undeliverable as error:
            await self._give_up(leased, str(error))
        except Retry as error:
            return await self._postpone(leased, str(error), error.uncertain, error.after)
        except Exception as error:
            log.error("Sending %s over %s broke: %s", leased.delivery.kind, self._lane, describe(error))
            return await self._postpone(leased, describe(error), uncertain=True)
        else:
            async with self._store.write() as session:
                await outbox.sent(session, leased, result, self._clock())
        if leased.forget:
            await self._store.scrub()
        return True

    async def _give_up(self, leased: Leased, reason: str) -> None:
        async with self._store.write() as session:
            await outbox.failed(session, leased, reason)
        if leased.forget:
            await self._store.scrub()
        log.error("%s %s cannot be delivered over %s: %s", *_named(leased), self._lane, reason)

    async def _postpone(self, leased: Leased, reason: str, uncertain: bool, after: float | None = None) -> bool:
        now = self._clock()
        wait = backoff(leased.attempts) if after is None else timedelta(seconds=after)
        async with self._store.write() as session:
            await outbox.postponed(session, leased, reason, uncertain, now, now + wait)
        log.warning("%s %s over %s is tried again in %s: %s", *_named(leased), self._lane, wait, reason)
        return True


def _named(leased: Leased) -> tuple[str, str]:
    return leased.delivery.kind, leased.delivery.id
