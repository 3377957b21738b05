"""The list of what is stuck, and what an operator does about it, beside a running server."""

import asyncio
import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from bot import deliveries
from bot.commands import app
from bot.deliveries import Stuck
from bot.errors import SetupError
from bot.housekeeping import Housekeeper
from bot.metrics import DELIVERIES
from bot.ports import Outage, Undeliverable
from bot.setting_aside import MAX_ATTEMPTS
from bot.store.models import InboxRow, OutboxRow
from tests.bot.channels import Noting, until
from tests.bot.conftest import Deliver
from tests.bot.parts import EMAIL, Bot
from tests.bot.test_delivery import rows, wake

Run = Callable[..., Result]


@pytest.fixture
def run(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `deliveries` in a thread, on the same database and with a connection of its own."""
    monkeypatch.setenv("I2PCC_DATABASE_URL", bot.store.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("I2PCC_TELEGRAM_TOKEN", "7:t")
    monkeypatch.setenv("I2PCC_SLACK_BOT_TOKEN", "xoxb-t")
    monkeypatch.setattr("bot.control.poke", lambda settings: False)
    monkeypatch.setattr("bot.deliveries_commands._now", bot.clock)
    return lambda *words: CliRunner().invoke(app, ["deliveries", *words], catch_exceptions=True)


async def command(run: Run, *words: str) -> str:
    result = await asyncio.to_thread(run, *words)
    assert result.exception is None, result.exception
    return result.output


async def listed(bot: Bot, channel: str | None = None) -> list[Stuck]:
    async with bot.store.read() as session:
        return await deliveries.stuck(session, bot.clock(), channel)


async def block(bot: Bot, deliver: Deliver, text: str = "hello") -> Noting:
    """A message that its person's block keeps from being delivered."""
    telegram = Noting("telegram")
    telegram.faults = [Undeliverable("Forbidden: bot was blocked by the user")]
    await bot.says("42", text)
    await deliver(bot, telegram)
    await until(lambda: listed(bot), 60)
    return telegram


async def set_aside(bot: Bot) -> int:
    bot.dialogue.poison = f"poison of {EMAIL}"
    row = await bot.gateway.accept(bot.text("42", bot.dialogue.poison))
    for _ in range(MAX_ATTEMPTS):
        await bot.gateway.handle_open()
    return row


async def test_an_empty_list_says_so(run: Run) -> None:
    assert await command(run) == "Nothing failed, and nothing waits.\n"


async def test_the_list_tells_what_failed_and_why_but_not_what_it_says(bot: Bot, deliver: Deliver, run: Run) -> None:
    await block(bot, deliver, f"hello, I am {EMAIL}")
    out = await command(run)
    assert re.search(
        r"out-1 +\d+ \w+ +telegram +failed +message +1 +\w{8} +Forbidden: bot was blocked by the user", out
    )
    assert EMAIL not in out
    (row,) = json.loads(await command(run, "--json"))
    assert (row["id"], row["state"], row["channel"], row["attempts"]) == ("out-1", "failed", "telegram", 1)
    assert EMAIL in await command(run, "show", "out-1")
    assert json.loads(await command(run, "show", "OUT-1", "--json"))["body"]["text"] == f"echo hello, I am {EMAIL}"


async def test_what_was_set_aside_is_listed_shown_and_replayed(bot: Bot, run: Run) -> None:
    row = await set_aside(bot)
    out = await command(run)
    assert re.search(rf"in-{row} .* telegram +set aside +text +{MAX_ATTEMPTS} .* ValueError at parts.py", out)
    assert EMAIL not in out
    assert EMAIL in await command(run, "show", f"in-{row}")
    bot.dialogue.poison = None
    assert "1 row is tried again within a minute" in await command(run, "replay", f"in-{row}")
    await bot.gateway.handle_open()
    reply = await bot.gateway.answer(row)
    assert reply.messages[-1].text == f"echo poison of {EMAIL}"


async def test_a_replayed_delivery_goes_out_before_those_behind_it(bot: Bot, deliver: Deliver, run: Run) -> None:
    telegram = await block(bot, deliver)
    telegram.hold = asyncio.Event()
    await bot.says("42", "second")
    await until(lambda: telegram.during, 60)
    await bot.says("42", "third")
    await command(run, "replay", "out-1")
    telegram.hold.set()
    wake(bot)
    await until(lambda: len(telegram.sent) == 3, 60)
    assert telegram.texts() == ["echo second", "echo hello", "echo third"]
    await until(lambda: _empty(bot), 60)


async def _empty(bot: Bot) -> bool:
    return not await listed(bot)


async def test_a_card_is_replayed_with_what_belongs_under_it(bot: Bot, deliver: Deliver, run: Run) -> None:
    slack = Noting("slack")
    slack.faults = [Undeliverable("invalid_blocks")]
    await bot.says("42", "/submit")
    await deliver(bot, slack)

    async def failed() -> bool:
        return [row.reason for row in await listed(bot, "slack")] == ["invalid_blocks", "its card was not delivered"]

    await until(failed, 60)
    card = (await listed(bot, "slack"))[0]
    assert "2 rows are" in await command(run, "replay", card.id)
    wake(bot)
    await until(lambda: slack.kinds() == ["alert", "card", "transcript"], 60)


async def test_all_of_a_channel_is_tried_at_once(bot: Bot, deliver: Deliver, run: Run) -> None:
    telegram, slack = Noting("telegram"), Noting("slack")
    telegram.faults, slack.faults = [Outage("down")] * 99, [Outage("down")] * 99
    for n in range(5):
        await bot.says(f"chat{n}", "/submit")
    one, two = await deliver(bot, telegram), await deliver(bot, slack)
    await until(lambda: one.is_away and two.is_away, 60)
    bot.clock.forward(minutes=2)
    before = {row.position: row.attempts for row in await rows(bot)}
    count = len([row for row in await listed(bot) if row.channel == "slack"])
    assert f"{count} rows are" in await command(run, "replay", "--all", "--channel", "slack")
    after = {row.position: row.attempts for row in await rows(bot) if row.lane == "telegram"}
    assert all(after[position] >= before[position] for position in after)
    telegram.faults, slack.faults = [], []
    bot.clock.forward(minutes=2)
    two.retry_now()
    await until(lambda: slack.kinds().count("transcript") == 5, 60)


async def test_what_is_dropped_is_gone_and_empty(bot: Bot, deliver: Deliver, run: Run) -> None:
    await block(bot, deliver, f"hello {EMAIL}")
    row = await set_aside(bot)
    assert await command(run, "drop", "out-1", f"in-{row}") == "2 rows are dropped.\n"
    assert await listed(bot) == []
    async with bot.store.read() as session:
        update = await session.get_one(InboxRow, row)
        delivery = (await session.scalars(select(OutboxRow).order_by(OutboxRow.position))).first()
    assert delivery is not None
    assert (delivery.status, delivery.body, update.body) == ("cancelled", {}, {})
    await bot.gateway.handle_open()
    assert "poison" not in [e.text for e in bot.dialogue.seen[MAX_ATTEMPTS + 1 :]]


@pytest.mark.parametrize(
    "words", [("replay",), ("replay", "out-1", "--all"), ("replay", "out-1", "--channel", "slack")]
)
async def test_replay_wants_to_know_which(run: Run, words: tuple[str, ...]) -> None:
    result = await asyncio.to_thread(run, *words)
    assert isinstance(result.exception, SetupError)


@pytest.mark.parametrize("name", ["7", "out-7", "in-999999999999999", "out-x", "'; DROP TABLE"])
async def test_what_is_not_there_is_told_and_nothing_changes(bot: Bot, deliver: Deliver, run: Run, name: str) -> None:
    await block(bot, deliver)
    for verb in ("replay", "drop"):
        result = await asyncio.to_thread(run, verb, "out-1", name)
        assert isinstance(result.exception, SetupError)
        assert name in str(result.exception)
    assert [(row.id, row.state) for row in await listed(bot)] == [("out-1", "failed")]


async def test_what_waits_says_for_what(bot: Bot, deliver: Deliver, run: Run) -> None:
    telegram = Noting("telegram")
    telegram.faults = [Outage("connection refused")] * 99
    await bot.says("42", "one")
    await bot.says("42", "two")
    await deliver(bot, telegram)
    await until(lambda: telegram.tried, 60)
    bot.clock.forward(minutes=2)

    async def told() -> bool:
        return [row.reason for row in await listed(bot)] == ["connection refused", "waits for out-1"]

    await until(told, 60)
    assert {row.state for row in await listed(bot)} == {"waiting"}


async def test_rows_on_their_way_are_not_listed(bot: Bot) -> None:
    await bot.says("42", "/submit")
    assert await listed(bot) == []


async def test_what_waits_for_a_channel_without_token_is_counted_alone(
    bot: Bot, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("I2PCC_SLACK_BOT_TOKEN")
    await bot.says("42", "/submit")
    bot.clock.forward(minutes=2)
    out = await command(run, "--channel", "slack")
    assert out.count("waiting") == 2
    out = await command(run)
    assert out.count("waiting") == 1
    assert "2 more for slack" in out


async def test_what_was_erased_is_no_longer_listed(bot: Bot, deliver: Deliver) -> None:
    await block(bot, deliver)
    await bot.says("42", "/delete")
    assert await listed(bot) == []


async def test_the_metric_counts_the_list(bot: Bot, deliver: Deliver) -> None:
    await block(bot, deliver)
    await set_aside(bot)
    keeper = Housekeeper(bot.store, bot.gateway, bot.turn, bot.signals, 365, bot.clock)
    await keeper.sweep()
    counted = {state: DELIVERIES.labels(state)._value.get() for state in ("failed", "set_aside")}
    assert counted == {"failed": 1, "set_aside": 1}


async def test_a_look_ends_the_housekeepers_sleep(bot: Bot) -> None:
    keeper = Housekeeper(bot.store, bot.gateway, bot.turn, bot.signals, 365, bot.clock)
    await keeper.start()
    try:
        await until(lambda: keeper._purged_at, 60)
        row = await bot.gateway.accept(bot.text("42", "left behind"))
        keeper.look()

        async def handled() -> bool:
            async with bot.store.read() as session:
                return (await session.get_one(InboxRow, row)).handled_at is not None

        await until(handled, 10)
    finally:
        await keeper.stop()


async def test_a_dropped_row_that_is_being_sent_is_taken_back(bot: Bot, deliver: Deliver, run: Run) -> None:
    slack = Noting("slack")
    slack.hold = asyncio.Event()
    await bot.says("42", "/submit")
    await deliver(bot, slack)
    await until(lambda: slack.during, 60)
    card = next(row for row in await rows(bot) if row.kind == "card")
    async with bot.store.write() as session:
        await deliveries.drop(session, [f"out-{card.position}"], bot.clock() + timedelta(minutes=2))
    slack.hold.set()
    await until(lambda: "erase" in slack.kinds(), 60)
