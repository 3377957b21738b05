import logging
from functools import partial

import pytest

from bot.errors import RequestError, SetupError
from bot.settings import Settings
from connectors.telegram.channel import TelegramChannel
from tests.connectors.telegram.waiting import until
from tests.fakes.telegram_gateway import FakeGateway
from tests.fakes.telegram_server import TelegramServer


async def test_a_text_reaches_the_inbox_and_its_turn(
    channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway
) -> None:
    update_id = server.send_text(42, "hallo", language_code="nl")
    await until(lambda: gateway.answered == [1])
    incoming = gateway.inbox[0]
    assert (incoming.channel, incoming.address, incoming.external_id) == ("telegram", "42", str(update_id))
    assert (incoming.kind, incoming.text, incoming.language_hint) == ("text", "hallo", "nl")
    await until(lambda: server.calls("sendChatAction"))
    assert server.calls("sendChatAction")[0]["chat_id"] == "42"


async def test_an_update_is_confirmed_only_once_it_is_stored(
    channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway
) -> None:
    gateway.failures = [OSError("disk full"), OSError("disk full")]
    first = server.send_text(42, "one")
    second = server.send_text(42, "two")
    await until(lambda: len(gateway.failures) == 1)
    assert server.pending() == [first, second]
    assert gateway.inbox == []
    await until(lambda: len(gateway.inbox) == 2)
    assert gateway.texts == ["one", "two"]
    await until(lambda: server.pending() == [])


async def test_what_was_stored_before_a_failure_is_not_fetched_again(
    channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway
) -> None:
    server.send_text(42, "one")
    await until(lambda: gateway.texts == ["one"])
    gateway.failures = [OSError()]
    server.send_text(42, "two")
    await until(lambda: gateway.texts == ["one", "two"])
    assert gateway.answered == [1, 2]


async def test_a_restart_before_the_confirmation_stores_nothing_twice(
    settings: Settings, server: TelegramServer, gateway: FakeGateway
) -> None:
    for start in (1, 2):
        channel = TelegramChannel(settings, gateway)
        await channel.start()
        update_id = server.send_update(
            {
                "update_id": 700,
                "message": {
                    "message_id": 1,
                    "date": 1,
                    "chat": {"id": 42, "type": "private"},
                    "from": {"id": 42, "is_bot": False, "first_name": "An"},
                    "text": "once",
                },
            }
        )
        assert update_id == 700
        await until(partial(_turns, gateway, start))
        await channel.stop()
    assert gateway.texts == ["once"]
    assert set(gateway.answered) == {1}


async def test_a_message_refused_for_good_is_told_and_does_not_hold_up_others(
    channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway
) -> None:
    gateway.failures = [RequestError(429, "rate_limited", "too fast", 3)] * 2
    server.send_text(42, "flood", language_code="nl")
    server.send_text(42, "flood", language_code="nl")
    server.send_text(43, "other")
    await until(lambda: gateway.texts == ["other"])
    await until(lambda: server.sent(42))
    await until(lambda: server.pending() == [])
    assert [m["text"][:20] for m in server.sent(42)] == ["Dat laatste bericht "]


async def test_an_update_that_nobody_can_read_is_skipped(
    channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway, caplog: pytest.LogCaptureFixture
) -> None:
    server.send_update({"message": {"text": "geheim", "chat": "broken"}})
    server.send_text(42, "next")
    await until(lambda: gateway.texts == ["next"])
    assert "cannot be read" in caplog.text
    assert "geheim" not in caplog.text


async def test_polling_takes_over_from_a_webhook_without_losing_what_waits(
    settings: Settings, server: TelegramServer, gateway: FakeGateway
) -> None:
    server.set_webhook("http://127.0.0.1:9/gone")
    server.send_text(42, "waiting")
    channel = TelegramChannel(settings, gateway)
    await channel.start()
    await until(lambda: gateway.texts == ["waiting"])
    await channel.stop()
    assert server.webhook["url"] == ""


async def test_another_poller_is_told_once_and_outlasted(
    server: TelegramServer, settings: Settings, gateway: FakeGateway, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    server.fail_next("getUpdates", 409, "Conflict: terminated by other getUpdates request", times=2)
    channel = TelegramChannel(settings, gateway)
    await channel.start()
    server.send_text(42, "patience")
    await until(lambda: gateway.texts == ["patience"])
    await until(lambda: "updates arrive again" in caplog.text)
    await channel.stop()
    assert caplog.text.count("another program fetches this bot's updates") == 1


async def test_a_single_conflict_is_no_news(
    server: TelegramServer, settings: Settings, gateway: FakeGateway, caplog: pytest.LogCaptureFixture
) -> None:
    server.fail_next("getUpdates", 409, "Conflict: terminated by other getUpdates request")
    channel = TelegramChannel(settings, gateway)
    await channel.start()
    server.send_text(42, "taken over")
    await until(lambda: gateway.texts == ["taken over"])
    await channel.stop()
    assert "another program" not in caplog.text


async def test_a_wrong_token_stops_the_start(server: TelegramServer, gateway: FakeGateway) -> None:
    settings = Settings.model_validate({"telegram_token": "7:wrong-one", "telegram_base_url": server.url})
    channel = TelegramChannel(settings, gateway)
    with pytest.raises(SetupError, match="@BotFather") as caught:
        await channel.start()
    await channel.stop()
    assert "wrong-one" not in str(caught.value)


@pytest.mark.parametrize("token", [None, "  "])
def test_a_missing_token_is_told(token: str | None, gateway: FakeGateway) -> None:
    with pytest.raises(SetupError, match="I2PCC_TELEGRAM_TOKEN"):
        TelegramChannel(Settings.model_validate({"telegram_token": token}), gateway)


async def test_an_unreachable_server_is_waited_for(gateway: FakeGateway, caplog: pytest.LogCaptureFixture) -> None:
    with TelegramServer() as before:
        url, port = before.url, int(before.url.rsplit(":", 1)[1])
    settings = Settings.model_validate({"telegram_token": before.token, "telegram_base_url": url})
    channel = TelegramChannel(settings, gateway)
    await channel.start()
    assert f"Telegram cannot be reached at {url}" in caplog.text
    with TelegramServer(port=port) as server:
        server.send_text(42, "at last")
        await until(lambda: gateway.texts == ["at last"])
        await channel.stop()


async def test_the_log_holds_neither_token_nor_texts_nor_chats(
    settings: Settings, server: TelegramServer, gateway: FakeGateway, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    channel = TelegramChannel(settings, gateway)
    await channel.start()
    gateway.failures = [OSError("geheim"), RequestError(413, "too_long", "geheim")]
    server.send_text(987654321, "geheim")
    server.send_text(987654321, "geheim")
    await until(lambda: gateway.texts == ["geheim"])
    server.fail_next("getUpdates", 401, "Unauthorized")
    server.send_text(987654321, "more")
    await until(lambda: "more" in gateway.texts)
    await channel.stop()
    logged = "\n".join(
        record.getMessage() + str(record.exc_text or "") for record in caplog.records if record.name != "asyncio"
    )
    assert "is not confirmed" in logged
    for secret in (server.token, "test-token", "geheim", "987654321"):
        assert secret not in logged


async def test_menus_are_set_in_every_language(channel: TelegramChannel, server: TelegramServer) -> None:
    await until(lambda: len(server.calls("setMyShortDescription")) == 4)
    menus = {call.get("language_code"): call["commands"] for call in server.calls("setMyCommands")}
    assert set(menus) == {None, "en", "nl", "zh"}
    assert "Uw gegevens wissen" in menus["nl"]
    assert {call.get("language_code") for call in server.calls("setMyShortDescription")} == set(menus)


async def test_telegram_works_without_its_menus(
    settings: Settings, server: TelegramServer, gateway: FakeGateway
) -> None:
    server.fail_next("setMyCommands", 429, "Too Many Requests", retry_after=3600, times=4)
    channel = TelegramChannel(settings, gateway)
    await channel.start()
    server.send_text(42, "hello")
    await until(lambda: gateway.texts == ["hello"])
    await channel.stop()


def _turns(gateway: FakeGateway, count: int) -> bool:
    return len(gateway.answered) >= count
