"""What all who take part in a crash test share."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from tests.chaos.history import Seen
from tests.chaos.platforms import BotApi, Workspace
from tests.e2e.product import Product

T = TypeVar("T")
PATIENCE = 300.0
"""Seconds until something that does not come counts as stuck: longer than any lease or delay of the assistant."""


@dataclass(slots=True)
class Stage:
    """The assistant between its fake platforms. `steps` grows with everything that people see happen."""

    product: Product
    slack: Workspace
    telegram: BotApi
    seed: int
    figures: Counter[str] = field(default_factory=Counter)
    seen: list[Seen] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    steps: int = 0
    over: bool = False

    def step(self, what: str) -> None:
        """Count something that people saw happen."""
        self.figures[what] += 1
        self.steps += 1


async def eventually(look: Callable[[], T | None], what: str, patience: float = PATIENCE) -> T:
    """Look until there is something to see. Raises TimeoutError."""
    deadline = time.monotonic() + patience
    while not (found := look()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"stuck: waited {patience:.0f} s for {what}")
        await asyncio.sleep(0.02)
    return found
