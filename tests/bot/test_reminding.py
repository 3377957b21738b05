"""The reminder of a form set aside: once, a day later, and only who wants it."""

import asyncio

import pytest

from bot.reminding import remind
from bot.store.models import Conversation
from dialogues.state import Draft, load_state
from tests.bot.channels import Noting, until
from tests.bot.conftest import Deliver
from tests.bot.parts import Bot
from tests.bot.test_housekeeping import keeper


async def set_aside(bot: Bot, channel: str = "telegram", *, wanted: bool = True, owner: str = "assistant") -> str:
    """A conversation with a draft that was set aside just now."""
    address = "42"
    if channel == "web":
        address = (await bot.gateway.open()).id
    await bot.says(address, "hello", channel)
    id_ = await bot.gateway.conversation_id(channel, address)
    assert id_
    async with bot.store.write() as session:
        conversation = await session.get_one(Conversation, id_)
        state = load_state(conversation.state)
        state.paused = Draft(kind="proposal", awaiting="company_name", paused_at=bot.clock.now, remind=wanted)
        conversation.state, conversation.owner = state.model_dump(mode="json"), owner
    return id_


async def reminded(bot: Bot) -> int:
    return await remind(bot.store, bot.turn, bot.signals, bot.clock())


async def test_one_reminder_comes_after_a_day_and_no_second(bot: Bot, deliver: Deliver) -> None:
    telegram = Noting("telegram")
    await deliver(bot, telegram)
    await set_aside(bot)
    housekeeper = keeper(bot)
    bot.clock.forward(hours=23)
    await housekeeper.sweep()
    assert len(telegram.texts()) <= 1
    bot.clock.forward(hours=2)
    await housekeeper.sweep()
    await housekeeper.sweep()
    bot.clock.forward(days=2)
    await housekeeper.sweep()
    await until(lambda: len(telegram.texts()) == 2)
    assert telegram.sent[-1].body["buttons"] == [{"title": "button.form:resume", "payload": "form:resume"}]
    assert await reminded(bot) == 0


async def test_two_processes_remind_once(bot: Bot) -> None:
    id_ = await set_aside(bot)
    bot.clock.forward(days=1, hours=1)
    await asyncio.gather(reminded(bot), reminded(bot))
    assert len((await bot.gateway.messages_after(id_, 0)).messages) == 2


@pytest.mark.parametrize(
    ("channel", "wanted", "owner"),
    [("telegram", False, "assistant"), ("telegram", True, "coordinator"), ("web", True, "assistant")],
)
async def test_nobody_else_is_reminded(bot: Bot, channel: str, wanted: bool, owner: str) -> None:
    await set_aside(bot, channel, wanted=wanted, owner=owner)
    bot.clock.forward(days=1, hours=1)
    assert await reminded(bot) == 0


async def test_who_said_something_meanwhile_is_reminded_a_day_after_that(bot: Bot) -> None:
    await set_aside(bot)
    bot.clock.forward(hours=20)
    await bot.says("42", "a question")
    bot.clock.forward(hours=20)
    assert await reminded(bot) == 0
    bot.clock.forward(hours=5)
    assert await reminded(bot) == 1


async def test_after_an_erasure_nobody_is_reminded(bot: Bot) -> None:
    await set_aside(bot)
    await bot.says("42", "/delete")
    bot.clock.forward(days=2)
    assert await reminded(bot) == 0
