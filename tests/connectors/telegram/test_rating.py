"""Thumbs under answers on Telegram."""

import pytest

from connectors.telegram.channel import TelegramChannel
from connectors.telegram.layout import keyboard, thumb
from dialogues.rating import read_rating
from tests.connectors.telegram.test_sending import button, message, rows
from tests.connectors.telegram.waiting import until
from tests.fakes.telegram_gateway import FakeGateway
from tests.fakes.telegram_server import TelegramServer


@pytest.mark.parametrize("buttons", [[], [button("Hebei")]])
async def test_an_answer_has_a_row_of_thumbs(channel: TelegramChannel, server: TelegramServer, buttons: list) -> None:
    await channel.send(message(kind="answer", topics=["region:hebei"], buttons=buttons))
    assert rows(server.sent(42)[0]) == [*([b["title"]] for b in buttons), ["👍", "👎"]]


@pytest.mark.parametrize("kind", ["clarify", "decline", "unknown", "form", "notice"])
async def test_nothing_else_has(channel: TelegramChannel, server: TelegramServer, kind: str) -> None:
    await channel.send(message(kind=kind))
    assert server.sent(42)[0]["reply_markup"] is None


def test_small_talk_is_not_rated() -> None:
    assert keyboard({"kind": "answer", "seq": 1, "topics": ["smalltalk:greeting"], "buttons": []}) is None


def test_the_dialogue_knows_the_thumbs_of_any_message() -> None:
    markup = keyboard({"kind": "answer", "seq": 999_999_999, "topics": ["regions"], "buttons": []})
    assert markup
    payloads = [str(key.callback_data) for key in markup.inline_keyboard[0]]
    ratings = [read_rating(payload) for payload in payloads]
    assert [(r.seq, r.helpful) for r in ratings if r] == [(999_999_999, True), (999_999_999, False)]
    assert [thumb(payload) for payload in [*payloads, "region:hebei"]] == ["👍", "👎", None]
    assert max(len(payload) for payload in payloads) <= 64


async def test_a_long_answer_is_rated_at_its_end(channel: TelegramChannel, server: TelegramServer) -> None:
    await channel.send(message("word " * 1500, kind="answer", topics=["regions"]))
    assert [m["reply_markup"] is not None for m in server.sent(42)] == [False, True]


async def test_a_thumb_is_told_apart_and_stays_to_be_changed(
    channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway
) -> None:
    await channel.send(message(kind="answer", seq=7, buttons=[button("Hebei")]))
    before = server.sent(42)[0]["reply_markup"]
    for payload in ("rate:down:7", "rate:up:7"):
        server.press(42, server.sent(42)[0], payload)
        await until(lambda payload=payload: gateway.inbox[-1:] and gateway.inbox[-1].payload == payload)
    await until(lambda: len(server.calls("answerCallbackQuery")) == 2)
    await channel.stop()
    assert [call["text"] for call in server.calls("answerCallbackQuery")] == ["👎", "👍"]
    assert server.sent(42)[0]["reply_markup"] == before
    assert server.calls("sendChatAction") == []
