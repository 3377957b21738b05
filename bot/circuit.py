"""What a channel takes now: nothing while it is away, and not the kinds for which it asked for a pause.

nlu.breaker guards calls; here rows are held back before they are leased, so that those who wait cost nothing.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from bot.ports import DeliveryKind, Outage
from bot.turn import Clock

FAILURES = 3
"""Failures in a row after which a channel counts as away."""
LONGEST_PAUSE = 60.0
"""Seconds between probes of a channel that is away."""


class Circuit:
    """Closed while a channel works; open, it lets one send through after each pause."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures = 0
        self._pauses = 0
        self._told = ""
        self._opened_at = self._until = clock()
        self._held: dict[str, datetime] = {}
        self.open = False

    def room(self, under_way: int, most: int) -> int:
        """How many sends may begin, of at most `most` at a time."""
        if not self.open:
            return most - under_way
        return 1 if not under_way and self._clock() >= self._until else 0

    def held(self) -> frozenset[str]:
        """The kinds of delivery that wait for the end of a pause."""
        now = self._clock()
        return frozenset(kind for kind, until in self._held.items() if until > now)

    def hold(self, kinds: Collection[DeliveryKind], seconds: float) -> None:
        """Keep these kinds back, as the platform asked."""
        until = self._clock() + timedelta(seconds=seconds)
        for kind in kinds:
            self._held[kind] = max(until, self._held.get(kind, until))

    def rest(self) -> float | None:
        """Seconds until a pause ends, or None when none is running."""
        now = self._clock()
        ends = [until for until in (*self._held.values(), *([self._until] if self.open else ())) if until > now]
        return (min(ends) - now).total_seconds() if ends else None

    def failed(self, outage: Outage) -> bool:
        """Count a failure of the channel; whether there is something new to tell."""
        now = self._clock()
        if self.open and now < self._until and not outage.advice:
            return False  # it was under way when others failed
        self._failures += 1
        if not self.open and not outage.advice and self._failures < FAILURES:
            return False
        self._pauses += 1
        pause = LONGEST_PAUSE if outage.advice else min(2.0**self._pauses, LONGEST_PAUSE)
        self._until = now + timedelta(seconds=max(pause, outage.after or 0.0))
        if not self.open:
            self.open, self._opened_at, self._told = True, now, "-"
        told, self._told = self._told, outage.advice
        return told != outage.advice

    def worked(self) -> timedelta | None:
        """Count a send that the channel took or refused by itself; how long it was away, when it just came back."""
        self._failures = self._pauses = 0
        if not self.open:
            return None
        self.open = False
        return self._clock() - self._opened_at

    def retry_now(self) -> None:
        """Let the next send through without waiting: an operator may have mended something."""
        self._until = self._clock()
