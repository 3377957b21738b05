"""A channel that is away costs its rows nothing and the other channels nothing, and comes back by itself."""

import asyncio
import logging

import pytest

from bot import alerts
from bot.circuit import FAILURES, Circuit
from bot.ports import Outage, Retry
from bot.store.models import OutboxRow
from tests.bot.channels import Noting, until
from tests.bot.conftest import Deliver
from tests.bot.parts import Bot, Clock
from tests.bot.test_delivery import rows, wake


def down(times: int) -> list[Exception]:
    return [Outage("connection refused") for _ in range(times)]


async def until_asleep(bot: Bot, channel: Noting) -> None:
    """Wait until nothing is being sent or written any more."""

    async def idle() -> bool:
        return not channel.during and all(row.leased_until is None for row in await rows(bot))

    await until(idle, 60)


def test_some_failures_in_a_row_open_it_and_a_success_closes_it() -> None:
    circuit = Circuit(Clock())
    assert [circuit.failed(Outage("")) for _ in range(FAILURES)] == [False] * (FAILURES - 1) + [True]
    assert circuit.open
    assert circuit.worked() is not None
    assert not circuit.open


def test_a_success_in_between_starts_the_count_again() -> None:
    circuit = Circuit(Clock())
    for _ in range(FAILURES * 2):
        circuit.failed(Outage(""))
        circuit.worked()
    assert not circuit.open


def test_one_probe_after_each_pause_and_the_pauses_grow_up_to_a_minute() -> None:
    clock = Clock()
    circuit = Circuit(clock)
    for _ in range(FAILURES):
        circuit.failed(Outage(""))
    pauses = []
    for _ in range(9):
        assert circuit.room(0, 8) == 0
        pauses.append(round(circuit.rest() or 0))
        clock.forward(seconds=pauses[-1] + 1)
        assert (circuit.room(0, 8), circuit.room(1, 8)) == (1, 0)
        circuit.failed(Outage(""))
    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60, 60]


def test_those_that_fail_together_count_as_one_pause() -> None:
    circuit = Circuit(Clock())
    for _ in range(8):
        circuit.failed(Outage(""))
    assert round(circuit.rest() or 0) == 2


def test_what_only_an_operator_can_mend_opens_at_once_and_is_told_once() -> None:
    circuit = Circuit(Clock())
    assert circuit.failed(Outage("invalid_auth", advice="set the token"))
    assert not circuit.failed(Outage("invalid_auth", advice="set the token"))
    assert round(circuit.rest() or 0) == 60
    circuit.retry_now()
    assert circuit.room(0, 8) == 1


def test_kinds_are_held_for_their_pause_alone() -> None:
    clock = Clock()
    circuit = Circuit(clock)
    circuit.hold(("card", "relay"), 30)
    circuit.hold(("card",), 5)
    assert (circuit.held(), circuit.room(0, 8)) == ({"card", "relay"}, 8)
    clock.forward(seconds=31)
    assert (circuit.held(), circuit.rest()) == (frozenset(), None)


async def test_the_rows_of_a_dead_channel_wait_untouched_until_it_is_back(
    bot: Bot, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    telegram = Noting("telegram")
    telegram.faults = down(1000)
    for n in range(40):
        await bot.says(f"chat{n}", "hello")
    worker = await deliver(bot, telegram)
    await until(lambda: worker.is_away, 60)
    await until_asleep(bot, telegram)
    tried = len(telegram.tried)
    assert tried <= 8
    for _ in range(3):
        wake(bot)
        await until_asleep(bot, telegram)
    assert len(telegram.tried) == tried
    assert sum(row.attempts == 0 for row in await rows(bot)) >= 32
    for _ in range(5):  # one probe after each pause
        bot.clock.forward(seconds=61)
        wake(bot)
        await until(lambda n=tried + 1: len(telegram.tried) == n, 60)
        tried += 1
        await until_asleep(bot, telegram)
    telegram.faults = []
    bot.clock.forward(seconds=61)
    wake(bot)
    await until(lambda: len(telegram.sent) == 40, 60)
    assert not worker.is_away
    told = [r.getMessage() for r in caplog.records if "deliveries" in r.getMessage()]
    assert len(told) == 2
    assert "takes no deliveries (connection refused)" in told[0]
    assert "takes deliveries again" in told[1]


async def test_a_dead_slack_does_not_hold_up_telegram(bot: Bot, deliver: Deliver) -> None:
    slack, telegram = Noting("slack"), Noting("telegram")
    slack.hold = asyncio.Event()  # it takes every connection and answers nothing
    await deliver(bot, slack)
    await deliver(bot, telegram)
    for n in range(10):
        await bot.says(f"chat{n}", "/submit")
    await until(lambda: len(telegram.sent) == 10 and slack.during == 8, 60)
    assert slack.sent == []
    slack.hold.set()
    await until(lambda: slack.kinds().count("card") == 10, 60)


async def test_a_row_that_always_breaks_the_channel_does_not_keep_it_shut(bot: Bot, deliver: Deliver) -> None:
    telegram = Noting("telegram")
    telegram.poison = "echo poison"
    await bot.says("bad", "poison")
    worker = await deliver(bot, telegram)
    for n in range(1, FAILURES + 1):
        await until(lambda n=n: len(telegram.tried) >= n, 60)
        await until_asleep(bot, telegram)
        bot.clock.forward(seconds=61)
        wake(bot)
    await until(lambda: worker.is_away, 60)
    await until_asleep(bot, telegram)
    await bot.says("good", "hello")

    def arrived() -> bool:
        bot.clock.forward(seconds=61)  # past the pause, whenever the last probe began it
        wake(bot)
        return telegram.texts() == ["echo hello"]

    await until(arrived, 60)
    await until(lambda: not worker.is_away, 60)


async def test_a_revoked_token_keeps_every_row_and_is_told_once_and_in_slack(
    bot: Bot, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    telegram, slack = Noting("telegram"), Noting("slack")
    telegram.faults = [Outage("Unauthorized", advice="set a new token") for _ in range(50)]
    for n in range(12):
        await bot.says(f"chat{n}", "hello")
    await deliver(bot, slack)
    worker = await deliver(bot, telegram)
    await until(lambda: slack.sent, 60)
    await until_asleep(bot, telegram)
    waiting = [row for row in await rows(bot) if row.lane == "telegram"]
    assert {row.status for row in waiting} == {"pending"}
    assert [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR] == [
        "telegram takes no deliveries (Unauthorized), they wait: set a new token"
    ]
    (alert,) = slack.sent
    assert (alert.kind, alert.thread) == ("alert", None)
    assert (alert.body["event"], alert.body["channel"], alert.body["reason"]) == (
        "channel_down",
        "telegram",
        "Unauthorized",
    )
    telegram.faults = []
    worker.retry_now()  # what `deliveries replay` does
    bot.clock.forward(seconds=61)
    worker.retry_now()
    await until(lambda: len(telegram.sent) == 12, 60)


async def test_a_channel_that_is_down_is_told_again_after_an_hour_or_for_another_reason(bot: Bot) -> None:
    await bot.says("chat", "hello")
    conversation = str(await bot.gateway.conversation_id("telegram", "chat"))
    told = []
    for minutes, reason in (
        (0, "revoked"),
        (1, "revoked"),
        (58, "revoked"),
        (0, "blocked"),
        (2, "revoked"),
        (1, "revoked"),
    ):
        bot.clock.forward(minutes=minutes)
        async with bot.store.write() as session:
            await alerts.channel_down(session, conversation, "telegram", reason, bot.clock())
        told.append(sum(row.kind == "alert" for row in await rows(bot)))
    assert told == [1, 1, 1, 2, 3, 3]


async def test_a_pause_of_the_platform_holds_its_kinds_alone(bot: Bot, deliver: Deliver) -> None:
    slack = Noting("slack")
    slack.faults = [Retry("429", after=30, holds=("card", "relay"))]
    await bot.says("chat0", "/submit")
    await deliver(bot, slack)
    await until(lambda: slack.tried, 60)
    await until_asleep(bot, slack)
    await bot.says("chat1", "/submit")
    await bot.says("chat2", "hello")
    await add(bot, "chat2", "erase")
    wake(bot)
    await until(lambda: slack.sent, 60)
    await until_asleep(bot, slack)
    assert slack.kinds() == ["erase"]
    bot.clock.forward(seconds=31)
    wake(bot)
    await until(lambda: slack.kinds().count("card") == 2, 60)


async def add(bot: Bot, address: str, kind: str) -> None:
    async with bot.store.write() as session:
        conversation = await bot.gateway.conversation_id("telegram", address)
        now = bot.clock()
        session.add(
            OutboxRow(
                id=f"{address}-{kind}",
                conversation_id=conversation,
                lane="slack",
                kind=kind,
                body={},
                next_attempt_at=now,
                created_at=now,
            )
        )
