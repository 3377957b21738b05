"""Sending outbox rows: in order within a conversation, different conversations at the same time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from random import SystemRandom

from sqlalchemy.ext.asyncio import AsyncSession

from bot import alerts, outbox
from bot.alerts import outbox_name
from bot.circuit import LONGEST_PAUSE, Circuit
from bot.errors import RequestError
from bot.metrics import CHANNEL_UP, UNDELIVERABLE
from bot.outbox import LEASE, Leased
from bot.ports import Channel, Outage, Retry, Undeliverable
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
_AGAIN = 0.5
"""Seconds between two tries to write an outcome down."""
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
        self._circuit = Circuit(clock)
        self._wakeup = signals.outbox()
        self._signals = signals
        self._loop: asyncio.Task[None] | None = None
        self._sending: dict[str, asyncio.Task[None]] = {}

    @property
    def channel(self) -> str:
        """The name of the channel."""
        return self._lane

    @property
    def is_away(self) -> bool:
        """Whether the channel takes nothing now."""
        return self._circuit.open

    def retry_now(self) -> None:
        """Look for rows at once, also where a pause is running: an operator may have mended something."""
        self._circuit.retry_now()
        self._wakeup.wake()

    async def start(self) -> None:
        """Begin to send. The channel must have been started."""
        CHANNEL_UP.labels(self._lane).set(1)
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
        now, held = self._clock(), self._circuit.held()
        async with self._store.read() as session:
            free = self._circuit.room(len(self._sending), PARALLEL)
            if free:
                ready = await outbox.due(session, self._lane, now, self._sending, free, held, self._circuit.open)
                for conversation_id in ready:
                    task = asyncio.create_task(self._drain(conversation_id))
                    self._sending[conversation_id] = task
            soonest = await outbox.next_due(session, self._lane, self._sending, held)
        rests = [_LONGEST_SLEEP] if (rest := self._circuit.rest()) is None else [_LONGEST_SLEEP, rest]
        if soonest is not None and self._circuit.room(len(self._sending), PARALLEL):
            rests.append(max((soonest - now).total_seconds(), 0.0))
        return min(rests)

    async def _drain(self, conversation_id: str) -> None:
        try:
            while await self._send_next(conversation_id):
                if self._loop is None or self._loop.done() or self._circuit.open:
                    return
        except Exception as error:
            log.error("Delivery of %s failed: %s", self._lane, describe(error))
            await asyncio.sleep(1)
        finally:
            self._sending.pop(conversation_id, None)
            self._wakeup.wake()

    async def _send_next(self, conversation_id: str) -> bool:
        async with self._store.write() as session:
            leased = await outbox.lease(
                session, self._lane, conversation_id, self._clock(), self._circuit.held(), self._signals.number
            )
        if leased is None:
            return False
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                result = await self._channel.send(leased.delivery)
        except Undeliverable as error:
            self._worked()
            await self._give_up(leased, str(error))
        except Outage as error:
            return await self._out(leased, error)
        except Retry as error:
            self._worked()
            self._circuit.hold(error.holds, error.after or 0.0)
            return await self._postpone(leased, error, told=not error.advice or leased.attempts == 1)
        except TimeoutError:
            return await self._out(leased, Outage(f"no answer within {SEND_TIMEOUT:.0f} seconds", uncertain=True))
        except Exception as error:
            log.error("Sending %s %s over %s broke: %s", *_named(leased), self._lane, describe(error))
            return await self._postpone(leased, Retry(describe(error), uncertain=True))
        else:
            self._worked()
            await self._write_down(partial(outbox.sent, leased=leased, result=result, now=self._clock()))
        if leased.forget:
            await self._store.scrub()
        return True

    def _worked(self) -> None:
        if away := self._circuit.worked():
            CHANNEL_UP.labels(self._lane).set(1)
            log.info("%s takes deliveries again, after %.0f seconds", self._lane, away.total_seconds())

    async def _out(self, leased: Leased, outage: Outage) -> bool:
        news = self._circuit.failed(outage)
        if news:
            CHANNEL_UP.labels(self._lane).set(0)
            level, what_to_do = (logging.ERROR, outage.advice) if outage.advice else (logging.WARNING, "it passes")
            log.log(level, "%s takes no deliveries (%s), they wait: %s", self._lane, outage, what_to_do)
        if news and outage.advice:
            async with self._store.write() as session:
                await alerts.channel_down(session, leased.conversation_id, self._lane, str(outage), self._clock())
            self._signals.committed(leased.conversation_id)
        # All wait for the same thing: once it is back, none is to sleep on.
        wait = min(backoff(leased.attempts).total_seconds(), LONGEST_PAUSE)
        again = Retry(str(outage), max(wait, outage.after or 0.0), outage.uncertain)
        return await self._postpone(leased, again, told=not self._circuit.open)

    async def _write_down(self, outcome: Callable[[AsyncSession], Awaitable[None]]) -> None:
        """Commit what became of a row. Nobody else knows: while the database is away that is tried again.

        After that its lease runs out, and another one finds out. Raises RequestError 503.
        """
        deadline = asyncio.get_running_loop().time() + (LEASE.total_seconds() - SEND_TIMEOUT)
        while True:
            try:
                async with self._store.write() as session:
                    return await outcome(session)
            except RequestError:
                if asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(_AGAIN)

    async def _give_up(self, leased: Leased, reason: str) -> None:
        await self._write_down(partial(outbox.failed, leased=leased, reason=reason, now=self._clock()))
        self._signals.committed(leased.conversation_id)
        if leased.forget:
            await self._store.scrub()
        UNDELIVERABLE.labels(self._lane).inc()
        log.error(
            "%s %s cannot be delivered over %s (%s): see `deliveries`, which can replay or drop it",
            *_named(leased),
            self._lane,
            reason,
        )

    async def _postpone(self, leased: Leased, retry: Retry, told: bool = True) -> bool:
        now = self._clock()
        wait = backoff(leased.attempts) if retry.after is None else timedelta(seconds=retry.after)
        await self._write_down(
            partial(
                outbox.postponed,
                leased=leased,
                reason=str(retry),
                uncertain=retry.uncertain,
                now=now,
                again_at=now + wait,
            )
        )
        if told:
            level, advice = (logging.ERROR, f": {retry.advice}") if retry.advice else (logging.WARNING, "")
            log.log(
                level, "%s %s over %s is tried again in %s (%s)%s", *_named(leased), self._lane, wait, retry, advice
            )
        return True


def _named(leased: Leased) -> tuple[str, str]:
    return leased.delivery.kind, outbox_name(leased.position)
