"""What is sent, in which order, and what happens when a platform says no."""

import asyncio

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import outbox
from bot.delivery import backoff
from bot.errors import RequestError
from bot.outbox import LEASE
from bot.ports import Retry, Sent, Undeliverable
from bot.store.models import OutboxRow
from tests.bot.channels import Noting, until
from tests.bot.conftest import Deliver
from tests.bot.parts import Bot


async def rows(bot: Bot) -> list[OutboxRow]:
    async with bot.store.read() as session:
        return list((await session.scalars(select(OutboxRow).order_by(OutboxRow.position))).all())


def wake(bot: Bot) -> None:
    bot.signals.committed("")


async def test_a_turn_is_delivered_at_once_and_its_row_keeps_only_where_it_went(bot: Bot, deliver: Deliver) -> None:
    telegram = Noting("telegram")
    await deliver(bot, telegram)
    await bot.says("42", "hello")
    await until(lambda: telegram.sent)
    (delivery,) = telegram.sent
    assert (delivery.address, delivery.body["text"], delivery.uncertain) == ("42", "echo hello", False)

    async def done() -> bool:
        (row,) = await rows(bot)
        return (row.status, row.body, row.external) == ("sent", {}, {"message_id": 1})

    await until(done)


async def test_order_is_kept_within_a_conversation_through_failures(bot: Bot, deliver: Deliver) -> None:
    telegram = Noting("telegram")
    telegram.faults = [Retry("flood", after=0.05), RuntimeError("bug"), Retry("net")]
    for n in range(5):
        await bot.says("42", f"n{n}")
    await deliver(bot, telegram)
    for n in range(1, 4):
        await until(lambda n=n: len(telegram.tried) == n)
        await asyncio.sleep(0.05)
        bot.clock.forward(minutes=20)
        wake(bot)
    await until(lambda: len(telegram.sent) == 5)
    assert telegram.texts() == [f"echo n{n}" for n in range(5)]
    assert [d.id for d in telegram.tried[:4]] == [telegram.sent[0].id] * 4


async def test_conversations_do_not_wait_for_each_other(bot: Bot, deliver: Deliver) -> None:
    telegram = Noting("telegram")
    telegram.hold = asyncio.Event()
    for n in range(12):
        await bot.says(f"chat{n}", "hello")
    await deliver(bot, telegram)
    await until(lambda: telegram.during == 8)
    await asyncio.sleep(0.1)
    telegram.hold.set()
    await until(lambda: len(telegram.sent) == 12)
    assert telegram.most_at_once == 8


async def test_the_platforms_own_delay_is_obeyed(bot: Bot, deliver: Deliver) -> None:
    telegram = Noting("telegram")
    telegram.faults = [Retry("429", after=30)]
    await bot.says("42", "hello")
    await deliver(bot, telegram)
    await until(lambda: len(telegram.tried) == 1)
    await asyncio.sleep(0.1)
    (row,) = await rows(bot)
    assert 29 < (row.next_attempt_at - bot.clock.now).total_seconds() < 31
    bot.clock.forward(seconds=20)
    wake(bot)
    await asyncio.sleep(0.1)
    assert not telegram.sent
    bot.clock.forward(seconds=11)
    wake(bot)
    await until(lambda: telegram.sent)


async def test_an_unknown_outcome_stays_unknown(bot: Bot, deliver: Deliver) -> None:
    telegram = Noting("telegram")
    telegram.faults = [Retry("timed out", after=0, uncertain=True), Retry("429", after=0)]
    await bot.says("42", "hello")
    await deliver(bot, telegram)
    await until(lambda: telegram.sent)
    assert [d.uncertain for d in telegram.tried] == [False, True, True]


async def test_the_undeliverable_is_told_and_does_not_block(
    bot: Bot, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    telegram = Noting("telegram")
    telegram.faults = [Undeliverable("blocked by the user")]
    await bot.says("42", "one")
    await bot.says("42", "two")
    await deliver(bot, telegram)
    await until(lambda: telegram.sent)
    assert telegram.texts() == ["echo two"]
    assert (await rows(bot))[0].status == "failed"
    assert "blocked by the user" in caplog.text


async def test_a_channel_that_is_off_keeps_its_rows(bot: Bot, deliver: Deliver) -> None:
    await deliver(bot, Noting("telegram"))
    await bot.says("42", "/submit")
    slack = Noting("slack")
    await deliver(bot, slack)
    await until(lambda: slack.kinds() == ["card", "transcript"])


async def test_a_process_that_dies_while_sending_leaves_the_outcome_unknown(bot: Bot, deliver: Deliver) -> None:
    dying = Noting("telegram")
    dying.hold = asyncio.Event()
    await bot.says("42", "hello")
    first = await deliver(bot, dying)
    await until(lambda: dying.during)
    for task in first._sending.values():  # what SIGKILL does
        task.cancel()
    await first.stop()
    bot.clock.forward(seconds=LEASE.total_seconds() + 1)
    telegram = Noting("telegram")
    await deliver(bot, telegram)
    await until(lambda: telegram.sent)
    assert [d.uncertain for d in telegram.sent] == [True]


@pytest.mark.parametrize(
    ("outcome", "fault"), [("sent", None), ("failed", Undeliverable("no")), ("postponed", Retry("net", 0))]
)
async def test_an_outcome_that_the_database_did_not_take_is_written_down_once_it_is_back(
    bot: Bot, deliver: Deliver, monkeypatch: pytest.MonkeyPatch, outcome: str, fault: Exception | None
) -> None:
    telegram = Noting("telegram")
    telegram.faults = [fault] if fault else []
    write, left = getattr(outbox, outcome), [1, 2]

    async def away(session: AsyncSession, **more: object) -> None:
        if left:
            left.pop()
            raise RequestError(503, "store_unavailable", "The database is away.")
        await write(session, **more)

    monkeypatch.setattr(outbox, outcome, away)
    await bot.says("42", "hello")
    await deliver(bot, telegram)

    async def settled() -> bool:
        (row,) = await rows(bot)
        return row.leased_until is None and row.attempts > 0

    await until(settled)
    assert not left
    assert len(telegram.sent) <= 1


async def test_what_was_erased_while_its_process_died_is_taken_back(bot: Bot, deliver: Deliver) -> None:
    dying = Noting("slack")
    dying.hold = asyncio.Event()
    await bot.says("42", "/submit")
    first = await deliver(bot, dying)
    await until(lambda: dying.during)
    for task in first._sending.values():  # what SIGKILL does
        task.cancel()
    await first.stop()
    await bot.says("42", "/delete")
    async with bot.store.write() as session:
        await outbox.release_leases(session, "slack", bot.clock())
    slack = Noting("slack")
    await deliver(bot, slack)
    await until(lambda: slack.sent)
    (erasing,) = slack.sent
    assert (erasing.kind, erasing.body["uncertain"]) == ("erase", [dying.tried[0].id])


async def test_two_workers_send_everything_once(bot: Bot, deliver: Deliver) -> None:
    one, two = Noting("telegram"), Noting("telegram")
    await deliver(bot, one)
    await deliver(bot, two)
    for n in range(10):
        await bot.says(f"chat{n % 3}", f"n{n}")
    await until(lambda: len(one.sent) + len(two.sent) >= 10)
    await asyncio.sleep(0.1)
    assert sorted(one.texts() + two.texts()) == [f"echo n{n}" for n in range(10)]


async def test_stopping_finishes_what_is_under_way(bot: Bot, deliver: Deliver) -> None:
    telegram = Noting("telegram")
    telegram.hold = asyncio.Event()
    await bot.says("42", "one")
    await bot.says("42", "two")
    worker = await deliver(bot, telegram)
    await until(lambda: telegram.during)
    stopping = asyncio.create_task(worker.stop())
    await asyncio.sleep(0.05)
    telegram.hold.set()
    await stopping
    assert [r.status for r in await rows(bot)] == ["sent", "pending"]


def test_the_backoff_doubles_up_to_ten_minutes() -> None:
    assert all(1 <= backoff(1).total_seconds() <= 2 for _ in range(50))
    assert all(8 <= backoff(4).total_seconds() <= 16 for _ in range(50))
    assert all(300 <= backoff(999).total_seconds() <= 600 for _ in range(50))


@pytest.mark.parametrize("arrived", [False, True])
async def test_who_hung_and_was_taken_over_changes_nothing_any_more(bot: Bot, arrived: bool) -> None:
    async def leased(number: int) -> outbox.Leased:
        async with bot.store.write() as session:
            taken = await outbox.lease(session, "telegram", id_, bot.clock(), number=number)
            assert taken
            return taken

    await bot.says("42", "hello")
    id_ = str((await rows(bot))[0].conversation_id)
    hung = await leased(1)
    async with bot.store.write() as session:
        assert await outbox.release(session, 1, bot.clock()) == 1
    other = await leased(2)
    if arrived:
        async with bot.store.write() as session:
            await outbox.sent(session, other, Sent({"message_id": 1}), bot.clock())
    (before,) = await rows(bot)
    async with bot.store.write() as session:
        await outbox.postponed(session, hung, "net", True, bot.clock(), bot.clock())
    async with bot.store.write() as session:
        await outbox.failed(session, hung, "blocked", bot.clock())
    (after,) = await rows(bot)
    assert (after.status, after.leased_until, after.leased_by) == (before.status, before.leased_until, before.leased_by)
