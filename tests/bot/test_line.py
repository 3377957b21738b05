"""Several processes on one PostgreSQL: each Line here stands for the one of a process."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import pytest
from sqlalchemy import select, text

from bot.line import Line
from bot.ports import Outage
from bot.store.engine import Store
from bot.store.models import OutboxRow
from bot.takeover import Takeover
from tests.bot.channels import Noting, until
from tests.bot.conftest import Deliver
from tests.bot.parts import Bot

NewLine = Callable[[], Awaitable[Line]]


@pytest.fixture
async def new_line(shared: Store) -> AsyncIterator[NewLine]:
    lines: list[Line] = []

    async def start() -> Line:
        line = Line(shared.engine)
        await line.start()
        lines.append(line)
        return line

    yield start
    for line in lines:
        await line.stop()


async def cut(store: Store) -> None:
    """End the lines of all processes, as a restart of PostgreSQL does."""
    async with store.engine.connect() as connection:
        await connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 1231873")
        )


class Work:
    """Something that only one process may do."""

    def __init__(self) -> None:
        self.begun = self.running = 0

    async def __call__(self) -> None:
        self.begun += 1
        self.running += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.running -= 1


async def test_what_one_process_commits_wakes_the_other(shared: Store, new_line: NewLine) -> None:
    here, there = Bot(shared, signals=await new_line()), Bot(shared, signals=await new_line())
    opened = await here.gateway.open()
    screen, mail = there.gateway.subscribe(opened.id), there.signals.outbox()
    mail_woken = asyncio.create_task(mail.wait())
    await here.says(opened.id, "hello", "web")
    await asyncio.wait_for(screen.wait(), 30)
    await here.says("42", "/submit")
    await asyncio.wait_for(mail_woken, 30)


async def test_a_rollback_wakes_nobody(shared: Store, new_line: NewLine) -> None:
    there = Bot(shared, signals=(line := await new_line()))
    opened = await there.gateway.open()
    screen = there.gateway.subscribe(opened.id)
    change = text("UPDATE conversations SET last_seq = last_seq + 1")
    with suppress(ZeroDivisionError):
        async with shared.write() as session:
            await session.execute(change)
            raise ZeroDivisionError
    await line.living()  # what was told before arrives before the answer
    woken = asyncio.create_task(screen.wait())
    await asyncio.sleep(0)
    assert not woken.done()
    async with shared.write() as session:
        await session.execute(change)
    await asyncio.wait_for(woken, 30)


async def test_a_duty_has_one_process_and_goes_to_the_next(new_line: NewLine) -> None:
    one, two, first, second = await new_line(), await new_line(), Work(), Work()
    holding = asyncio.create_task(one.alone("testing", first))
    await until(lambda: first.running, 30)
    waiting = asyncio.create_task(two.alone("testing", second))
    other = asyncio.create_task(two.alone("another duty", third := Work()))
    await until(lambda: third.running, 30)
    assert not second.begun
    holding.cancel()
    await until(lambda: second.running, 30)
    assert not first.running
    for task in (waiting, other):
        task.cancel()
    await asyncio.gather(holding, waiting, other, return_exceptions=True)


async def test_who_loses_the_line_loses_the_duty_and_regains_both(shared: Store, new_line: NewLine) -> None:
    line, work = await new_line(), Work()
    listener = line.outbox()
    doing = asyncio.create_task(line.alone("testing", work))
    await until(lambda: work.running, 30)
    await cut(shared)
    await until(lambda: work.begun == 2 and work.running == 1, 30)
    await asyncio.wait_for(listener.wait(), 30)  # something may have been missed
    assert await line.living() == {line.number}
    doing.cancel()
    await asyncio.gather(doing, return_exceptions=True)


async def test_a_conversation_is_handled_by_one_process_at_a_time(shared: Store, new_line: NewLine) -> None:
    one, two = await new_line(), await new_line()
    async with one.exclusive("c1"):
        waiting = asyncio.create_task(_enter(two, "c1"))
        await asyncio.wait_for(_enter(two, "c2"), 30)
        assert not waiting.done()
    await asyncio.wait_for(waiting, 30)


async def test_turns_in_two_processes_come_one_after_the_other(shared: Store, new_line: NewLine) -> None:
    here, there = Bot(shared, signals=await new_line()), Bot(shared, signals=await new_line())
    await here.says("42", "hello")
    rows = [await (here, there)[n % 2].gateway.accept(here.text("42", f"n{n}")) for n in range(10)]
    replies = await asyncio.gather(*((here, there)[n % 2].gateway.answer(row) for n, row in enumerate(rows)))
    assert [m.text for reply in replies for m in reply.messages] == [f"echo n{n}" for n in range(10)]
    parsed = [text for text in here.interpreter.parsed + there.interpreter.parsed if text.startswith("n")]
    assert sorted(parsed) == sorted(set(parsed)), "no turn was run twice"


async def test_the_work_of_a_process_that_is_gone_goes_on(shared: Store, new_line: NewLine, deliver: Deliver) -> None:
    gone, here = Bot(shared, signals=await new_line()), Bot(shared, signals=await new_line())
    assert isinstance(gone.signals, Line)
    assert isinstance(here.signals, Line)
    dying, telegram = Noting("telegram"), Noting("telegram")
    dying.hold = asyncio.Event()
    await gone.says("42", "hello")
    worker = await deliver(gone, dying)
    await until(lambda: dying.during, 30)
    await gone.gateway.accept(gone.text("43", "anyone?"))
    watching = Takeover(shared, here.signals, here.gateway, here.clock)
    await watching.start()
    await deliver(here, telegram)
    assert gone.signals.number in await here.signals.living()
    for task in worker._sending.values():  # what SIGKILL does
        task.cancel()
    await worker.stop()
    await gone.signals.stop()
    await until(lambda: sorted(telegram.texts()) == ["echo anyone?", "echo hello"], 60)
    assert {d.body["text"]: d.uncertain for d in telegram.sent} == {"echo anyone?": False, "echo hello": True}
    await watching.stop()


async def test_two_processes_that_find_a_channel_down_tell_it_once(
    shared: Store, new_line: NewLine, deliver: Deliver
) -> None:
    here, there = Bot(shared, signals=await new_line()), Bot(shared, signals=await new_line())
    workers = []
    for number, bot in enumerate((here, there)):
        telegram = Noting("telegram")
        telegram.faults = [Outage("Unauthorized", advice="set a new token") for _ in range(50)]
        for chat in range(4):
            await bot.says(f"{number}{chat}", "hello")
        workers.append((await deliver(bot, telegram), telegram))
    await until(lambda: all(worker.is_away and not telegram.during for worker, telegram in workers))
    for worker, _ in workers:
        await worker.stop()
    async with shared.read() as session:
        alerts = (await session.scalars(select(OutboxRow).where(OutboxRow.kind == "alert"))).all()
    assert [(a.body["event"], a.body["channel"]) for a in alerts] == [("channel_down", "telegram")]


async def _enter(line: Line, conversation_id: str) -> None:
    async with line.exclusive(conversation_id):
        pass
