"""What all who take part in a crash test share."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from tests.chaos.history import Seen
from tests.chaos.platforms import BotApi, Workspace
from tests.chaos.servers import Servers

T = TypeVar("T")
PATIENCE = 300.0
"""Seconds without any step after the last kill and fault, until what has not come is stuck: longer than most delays
of the assistant, however slow the machine is."""


@dataclass(slots=True)
class Stage:
    """The assistant between its fake platforms. `steps` grows with everything that people see happen.

    `url` is where people reach it, `calm_since` the moment (monotonic, seconds) of the last kill and fault, or of the
    last step after them.
    """

    servers: Servers
    url: str
    slack: Workspace
    telegram: BotApi
    seed: int
    figures: Counter[str] = field(default_factory=Counter)
    seen: list[Seen] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    steps: int = 0
    calm_since: float | None = None

    def step(self, what: str) -> None:
        """Count something that people saw happen."""
        self.figures[what] += 1
        self.steps += 1
        if self.calm_since is not None:
            self.calm_since = time.monotonic()

    def out_of_patience(self) -> bool:
        """Whether what has not come by now is stuck. Nothing is while the killing goes on."""
        return self.calm_since is not None and time.monotonic() > self.calm_since + PATIENCE

    async def eventually(self, look: Callable[[], T | None], what: str) -> T:
        """Look until there is something to see. Raises TimeoutError."""
        while not (found := look()):
            if self.out_of_patience():
                raise TimeoutError(f"stuck: there is still nothing to see of {what}")
            await asyncio.sleep(0.02)
        return found
