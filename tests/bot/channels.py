"""A channel that notes what it sends, and fails on order."""

import asyncio
import inspect
from collections.abc import Callable

from bot.ports import Delivery, Outage, Sent


class Noting:
    """Records deliveries. `faults` are raised one by one; `hold` keeps sends waiting until it is set.

    A delivery with the text `poison` breaks the channel each time.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.tried: list[Delivery] = []
        self.sent: list[Delivery] = []
        self.faults: list[Exception] = []
        self.poison: str | None = None
        self.hold: asyncio.Event | None = None
        self.during = 0
        self.most_at_once = 0

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def send(self, delivery: Delivery) -> Sent:
        self.tried.append(delivery)
        self.during += 1
        self.most_at_once = max(self.most_at_once, self.during)
        try:
            await asyncio.sleep(0)
            if self.hold:
                await self.hold.wait()
            if self.poison and delivery.body.get("text") == self.poison:
                raise Outage("500")
            if self.faults:
                raise self.faults.pop(0)
        finally:
            self.during -= 1
        self.sent.append(delivery)
        ts = f"1700.{len(self.sent)}"
        if self.name != "slack":
            return Sent({"message_id": len(self.sent)})
        thread = ("C1", ts) if delivery.kind == "card" else None
        return Sent({"channel": "C1", "messages": [ts]}, thread)

    def kinds(self) -> list[str]:
        return [d.kind for d in self.sent]

    def texts(self) -> list[str]:
        return [d.body["text"] for d in self.sent if "text" in d.body]


async def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until the condition, which may be a coroutine, holds; fails when it does not in time."""
    async with asyncio.timeout(seconds):
        while True:
            holds = condition()
            if inspect.isawaitable(holds):
                holds = await holds
            if holds:
                return
            await asyncio.sleep(0.01)
