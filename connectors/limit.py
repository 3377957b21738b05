"""How often somebody may do something."""

import time

MOST_KNOWN = 100_000
"""Addresses or conversations that one limit remembers, about 25 MB; then it forgets who was longest away."""


class Limit:
    """Lets `amount` through at once, and then as many evenly over `seconds` (the generic cell rate algorithm).

    `now` is in seconds of any clock, always the same one; by default the machine's monotonic one.
    """

    def __init__(self, amount: int, seconds: float) -> None:
        self._seconds = seconds
        self._each = seconds / amount
        self._paid_until: dict[str, float] = {}
        self._sweep_at = 1024

    def __len__(self) -> int:
        return len(self._paid_until)

    def wait(self, who: str, now: float | None = None) -> float:
        """0, or the seconds after which one more would be let through. Counts nothing."""
        now = time.monotonic() if now is None else now
        wait = self._until(who, now) - now - self._seconds
        return wait if wait > 1e-6 else 0.0

    def hit(self, who: str, now: float | None = None) -> float:
        """Count one that is let through: 0, or the seconds after which it would be."""
        now = time.monotonic() if now is None else now
        if wait := self.wait(who, now):
            return wait
        until = self._until(who, now)
        self._paid_until.pop(who, None)  # to the end of the order
        self._paid_until[who] = until
        if len(self._paid_until) >= self._sweep_at:
            self._sweep(now)
        return 0.0

    def _until(self, who: str, now: float) -> float:
        return max(self._paid_until.get(who, now), now) + self._each

    def _sweep(self, now: float) -> None:
        self._paid_until = {who: until for who, until in self._paid_until.items() if until > now}
        while len(self._paid_until) >= MOST_KNOWN:
            del self._paid_until[next(iter(self._paid_until))]
        self._sweep_at = min(max(1024, 2 * len(self._paid_until)), MOST_KNOWN)
