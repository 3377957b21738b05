"""Whatever goes wrong on the way out: each conversation's messages arrive in order, and none is lost in silence."""

import asyncio
import random
from collections import defaultdict

import pytest

from bot.ports import Delivery, Outage, Retry, Sent, Undeliverable
from tests.bot.channels import Noting, until
from tests.bot.conftest import Deliver
from tests.bot.parts import Bot
from tests.bot.test_delivery import rows, wake

CHATS, EACH, FAULTS = 4, 6, 60


class Moody(Noting):
    """Fails at random so and so often; what it raises may have been accepted nonetheless."""

    def __init__(self, seed: int) -> None:
        super().__init__("telegram")
        self._random = random.Random(seed)
        self.left = FAULTS
        self.arrived: dict[str, list[int]] = defaultdict(list)
        self.refused: dict[str, list[int]] = defaultdict(list)

    async def send(self, delivery: Delivery) -> Sent:
        await asyncio.sleep(0)
        number = int(delivery.body["text"].removeprefix("echo n"))
        fault = self._fault()
        if isinstance(fault, Undeliverable):
            self.refused[delivery.address].append(number)
            raise fault
        if fault is None or getattr(fault, "uncertain", False):
            self.arrived[delivery.address].append(number)
        if fault:
            raise fault
        return Sent({})

    def _fault(self) -> Exception | None:
        if not self.left or self._random.random() < 0.3:
            return None
        self.left -= 1
        return self._random.choice(
            [
                Retry("429", after=self._random.uniform(0, 40), holds=self._random.choice([(), ("message",)])),
                Retry("a failure of the row's own"),
                Retry("its answer was lost", uncertain=True),
                Outage("connection refused"),
                Outage("its answer was lost", uncertain=True),
                Outage("invalid_auth", advice="set the token"),
                Undeliverable("malformed"),
                RuntimeError("a bug"),
            ]
        )


@pytest.mark.parametrize("seed", range(6))
async def test_order_holds_under_random_failures(bot: Bot, deliver: Deliver, seed: int) -> None:
    channel = Moody(seed)
    for number in range(EACH):
        for chat in range(CHATS):
            await bot.says(f"chat{chat}", f"n{number}")
    await deliver(bot, channel)

    async def settled() -> bool:
        bot.clock.forward(seconds=30)
        wake(bot)
        return {row.status for row in await rows(bot) if row.lane == "telegram"} <= {"sent", "failed"}

    await until(settled, 120)
    assert channel.left < FAULTS
    for chat in range(CHATS):
        arrived, refused = channel.arrived[f"chat{chat}"], channel.refused[f"chat{chat}"]
        assert arrived == sorted(arrived)  # again perhaps, but never after a later one
        assert sorted({*arrived, *refused}) == list(range(EACH))
    failed = [row for row in await rows(bot) if row.status == "failed"]
    assert len(failed) == sum(map(len, channel.refused.values()))
    assert all(row.last_error == "malformed" and row.body for row in failed)
