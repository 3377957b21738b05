"""A circuit breaker: who fails is left alone for a while, then asked by one caller before by all.

The libraries at hand (purgatory, aiobreaker, pybreaker) let every caller through after the pause, so that all wait
for a server that hangs, and go by the wall clock.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class CircuitOpenError(Exception):
    """The call is not made: the last one failed a moment ago."""


class Breaker:
    """Opens at a failure, for `pause` seconds. `changed(closed)` is called when it opens and when it closes."""

    def __init__(
        self, pause: float, changed: Callable[[bool], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pause = pause
        self._changed = changed
        self._clock = clock
        self._until: float | None = None
        self._trying = False

    @property
    def closed(self) -> bool:
        """Whether calls are let through."""
        return self._until is None

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Make a call in this block. Raises CircuitOpenError instead; any Exception out of the block is a failure."""
        trial = not self.closed
        if trial:
            self._admit()
        try:
            yield
        except Exception:
            was_closed, self._until = self.closed, self._clock() + self._pause
            if was_closed:  # calls that were under way together may fail together
                self._changed(False)
            raise
        else:
            if not self.closed:
                self._until = None
                self._changed(True)
        finally:
            if trial:
                self._trying = False

    def _admit(self) -> None:
        assert self._until is not None
        if self._trying or self._clock() < self._until:
            raise CircuitOpenError
        self._trying = True
