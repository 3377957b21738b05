"""A script meets a limit, is told so in its language, and everybody else goes on."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.settings import Settings
from connectors.telegram.channel import TelegramChannel
from connectors.telegram.pace import PER_CHAT
from connectors.telegram.texts import texts
from tests.connectors.telegram.test_sending import button, message
from tests.connectors.telegram.waiting import until
from tests.fakes.telegram_gateway import FakeGateway
from tests.fakes.telegram_server import TelegramServer

START = int(datetime(2026, 3, 1, 9, 0, tzinfo=UTC).timestamp())


async def flood(server: TelegramServer, gateway: FakeGateway, messages: int) -> None:
    for number in range(messages):
        server.send_message(42, {"text": f"message {number}", "date": START})
    await until(lambda: server.pending() == [])


async def test_a_chat_that_floods_is_told_once_and_others_are_served(
    channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway
) -> None:
    gateway.language = "nl"
    await flood(server, gateway, PER_CHAT + 5)
    server.send_text(43, "somebody else")
    await until(lambda: gateway.texts[PER_CHAT:] == ["somebody else"])
    await until(lambda: server.sent(42))
    assert [m["text"] for m in server.sent(42)] == [texts("nl").too_fast]


async def test_what_piled_up_while_the_assistant_was_away_is_no_flood(
    channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway
) -> None:
    for number in range(PER_CHAT + 5):
        server.send_message(42, {"text": f"message {number}", "date": START + 5 * number})
    await until(lambda: len(gateway.inbox) == PER_CHAT + 5)
    assert server.sent(42) == []


async def test_a_button_pressed_too_fast_keeps_its_place(
    channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway
) -> None:
    presses = 2 * PER_CHAT + 1  # too many even for a minute
    await channel.send(message("Sure?", buttons=[button("Yes", "erase:yes")]))
    (question,) = server.sent(42)
    for _ in range(presses):
        server.press(42, question, "erase:yes")
    await until(lambda: server.pending() == [] and len(server.calls("answerCallbackQuery")) == presses)
    told = [call for call in server.calls("answerCallbackQuery") if call.get("text") == texts("en").too_fast]
    assert told
    assert len(told) + len(gateway.inbox) == presses
    await until(lambda: len(server.calls("editMessageReplyMarkup")) >= len(gateway.inbox))
    assert len(server.calls("editMessageReplyMarkup")) == len(gateway.inbox)


@pytest.fixture
async def unlimited(settings: Settings, gateway: FakeGateway) -> AsyncIterator[TelegramChannel]:
    channel = TelegramChannel(settings.model_copy(update={"rate_limit": "off"}), gateway)
    await channel.start()
    yield channel
    await channel.stop()


async def test_the_limit_can_be_switched_off(
    unlimited: TelegramChannel, server: TelegramServer, gateway: FakeGateway
) -> None:
    await flood(server, gateway, PER_CHAT + 5)
    await until(lambda: len(gateway.inbox) == PER_CHAT + 5)
