"""What nobody asks for: orphans are answered, the day's purge is done."""

from bot.housekeeping import Housekeeper
from tests.bot.channels import Noting, until
from tests.bot.conftest import Deliver
from tests.bot.parts import Bot


def keeper(bot: Bot) -> Housekeeper:
    return Housekeeper(bot.store, bot.gateway, bot.turn, bot.signals, 365, bot.clock)


async def test_at_the_start_orphans_are_answered_and_sent(bot: Bot, deliver: Deliver) -> None:
    await bot.gateway.accept(bot.text("42", "anyone?"))
    telegram = Noting("telegram")
    await deliver(bot, telegram)
    housekeeper = keeper(bot)
    await housekeeper.start()
    await until(lambda: telegram.texts() == ["echo anyone?"])
    await housekeeper.stop()


async def test_the_purge_comes_once_a_day(bot: Bot) -> None:
    housekeeper = keeper(bot)
    await bot.says("42", "hello")
    bot.clock.forward(days=364.5)
    await housekeeper.sweep()
    bot.clock.forward(hours=13)
    await housekeeper.sweep()
    assert await bot.gateway.conversation_id("telegram", "42")
    bot.clock.forward(hours=13)
    await housekeeper.sweep()
    assert await bot.gateway.conversation_id("telegram", "42") is None
    await housekeeper.stop()
