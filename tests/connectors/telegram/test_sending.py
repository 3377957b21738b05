from dataclasses import replace
from typing import Any

import pytest

from bot.ports import Delivery, Outage, Retry, Undeliverable
from connectors.telegram.channel import TelegramChannel
from tests.connectors.telegram.waiting import until
from tests.fakes.telegram_gateway import FakeGateway
from tests.fakes.telegram_server import Json, TelegramServer


def message(text: str = "Dag!", id: str = "d1", **body: Any) -> Delivery:
    body = {"seq": 1, "kind": "form", "text": text, "buttons": [], "language": "en", **body}
    return Delivery(id=id, channel="telegram", kind="message", address="42", body=body)


def button(title: str, payload: str = "region:hebei") -> Json:
    return {"title": title, "payload": payload}


def rows(shown: Json) -> list[list[str]]:
    return [[key["text"] for key in row] for row in shown["reply_markup"]["inline_keyboard"]]


async def test_a_message_arrives_as_plain_text(channel: TelegramChannel, server: TelegramServer) -> None:
    sent = await channel.send(message("<b>1 < 2</b> *and* _so_"))
    assert [m["text"] for m in server.sent(42)] == ["<b>1 < 2</b> *and* _so_"]
    assert sent.external == {"message_ids": [server.sent(42)[0]["message_id"]]}


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "Source: Project page – https://example.org/i2pcc"),
        ("nl", "Bron: Project page – https://example.org/i2pcc"),
        ("zh-Hans", "来源：Project page – https://example.org/i2pcc"),
        ("zh-Hant", "來源：Project page – https://example.org/i2pcc"),
    ],
)
async def test_the_source_stands_below(
    channel: TelegramChannel, server: TelegramServer, language: str, line: str
) -> None:
    titles = [{"key": "S2", "title": "Project page", "url": "https://example.org/i2pcc"}]
    await channel.send(message("Fact.", language=language, source_titles=titles))
    assert server.sent(42)[0]["text"] == f"Fact.\n\n{line}"


async def test_several_sources_are_a_list(channel: TelegramChannel, server: TelegramServer) -> None:
    titles = [
        {"key": "S1", "title": "Synopsis", "url": None},
        {"key": "P3", "title": "VITO", "url": "https://example.org"},
    ]
    await channel.send(message("Fact.", source_titles=titles))
    assert server.sent(42)[0]["text"] == "Fact.\n\nSources:\n• Synopsis\n• VITO – https://example.org"


async def test_links_open_no_preview(channel: TelegramChannel, server: TelegramServer) -> None:
    server.refuse_previews()
    await channel.send(message("See https://example.org", id="d1"))
    await channel.send(message("And https://example.net", id="d2"))
    assert [m["text"] for m in server.sent(42)] == ["See https://example.org", "And https://example.net"]
    asked = ["link_preview_options" in call for call in server.calls("sendMessage")]
    assert asked == [True, False, False]


async def test_short_buttons_stand_in_two_columns(channel: TelegramChannel, server: TelegramServer) -> None:
    await channel.send(message(buttons=[button("Hebei"), button("Shaanxi"), button("钢铁行业的烟气")]))
    assert rows(server.sent(42)[0]) == [["Hebei", "Shaanxi"], ["钢铁行业的烟气"]]


@pytest.mark.parametrize("title", ["Industrial air emissions", "工业废气排放与烟气治理"])
async def test_long_buttons_stand_below_each_other(
    channel: TelegramChannel, server: TelegramServer, title: str
) -> None:
    await channel.send(message(buttons=[button("Hebei"), button(title)]))
    assert rows(server.sent(42)[0]) == [["Hebei"], [title]]


@pytest.mark.parametrize("payload", ["", "slot:challenges=" + "x" * 49, "工" * 22])
async def test_a_payload_that_telegram_cannot_carry_is_refused_loudly(
    channel: TelegramChannel, server: TelegramServer, payload: str
) -> None:
    with pytest.raises(Undeliverable, match="payload has"):
        await channel.send(message(buttons=[button("x", payload)]))
    assert server.sent(42) == []


async def test_a_payload_of_64_bytes_comes_back_whole(
    channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway
) -> None:
    payload = "slot:challenges=" + "x" * 48
    await channel.send(message(buttons=[button("x", payload)]))
    server.press(42, server.sent(42)[0], payload)
    await until(lambda: gateway.answered)
    assert (gateway.inbox[0].kind, gateway.inbox[0].payload) == ("payload", payload)


async def test_a_steering_button_is_used_up_and_two_quick_presses_both_count(
    channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway
) -> None:
    await channel.send(message(buttons=[button("Alone", "slot:collaboration_mode=alone")]))
    shown = server.sent(42)[0]
    server.press(42, shown, "slot:collaboration_mode=alone")
    server.press(42, shown, "slot:collaboration_mode=alone")
    await until(lambda: len(gateway.answered) == 2)
    await until(lambda: len(server.calls("editMessageReplyMarkup")) == 2)
    assert server.sent(42)[0]["reply_markup"] is None
    assert len(server.calls("answerCallbackQuery")) == 2


async def test_topics_can_be_opened_one_after_the_other(
    channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway
) -> None:
    await channel.send(message(buttons=[button("Hebei"), button("All", "regions")]))
    for payload in ("region:hebei", "regions"):
        server.press(42, server.sent(42)[0], payload)
    await until(lambda: len(gateway.answered) == 2)
    await until(lambda: len(server.calls("answerCallbackQuery")) == 2)
    await channel.stop()
    assert server.calls("editMessageReplyMarkup") == []


async def test_a_press_whose_query_is_too_old_still_counts(
    channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway
) -> None:
    await channel.send(message(buttons=[button("Hebei")]))
    server.fail_next("answerCallbackQuery", 400, "Bad Request: query is too old")
    server.press(42, server.sent(42)[0], "region:hebei")
    await until(lambda: gateway.answered)


async def test_a_long_text_is_split_and_keeps_its_buttons_at_the_end(
    channel: TelegramChannel, server: TelegramServer
) -> None:
    paragraphs = [f"{n} " + "word " * 300 for n in range(6)]
    sent = await channel.send(message("\n\n".join(p.strip() for p in paragraphs), buttons=[button("Hebei")]))
    shown = server.sent(42)
    assert len(shown) == 3
    assert [m["reply_markup"] is not None for m in shown] == [False, False, True]
    assert [m["text"][0] for m in shown] == ["0", "2", "4"]
    assert sent.external["message_ids"] == [m["message_id"] for m in shown]


async def test_parts_that_arrived_are_not_sent_again(channel: TelegramChannel, server: TelegramServer) -> None:
    long = message("a" * 4000 + " " + "b" * 4000 + " " + "c" * 4000)
    await channel.send(message(id="other"))
    server.fail_next("sendMessage", 502, "Bad Gateway")
    with pytest.raises(Retry):
        await channel.send(long)
    sent = await channel.send(long)
    assert len(sent.external["message_ids"]) == 3

    again = message("d" * 4000 + " " + "e" * 4000, id="d2")
    server.fail_after("sendMessage", 1, 500, "Internal Server Error")
    with pytest.raises(Retry):
        await channel.send(again)
    sent = await channel.send(again)
    assert [m["text"][0] for m in server.sent(42)] == ["D", "a", "b", "c", "d", "e"]
    assert sent.external["message_ids"] == [m["message_id"] for m in server.sent(42)[-2:]]


async def test_an_export_is_a_file(channel: TelegramChannel, server: TelegramServer) -> None:
    body = {"filename": "my-data.json", "content": '{"naam": "Björn"}'}
    sent = await channel.send(Delivery(id="e", channel="telegram", kind="export", address="42", body=body))
    shown = server.sent(42)[0]
    assert shown["document"] == {"filename": "my-data.json", "content": '{"naam": "Björn"}'.encode()}
    assert sent.external == {"message_ids": [shown["message_id"]]}


async def test_a_pause_asked_for_is_handed_on(channel: TelegramChannel, server: TelegramServer) -> None:
    server.fail_next("sendMessage", 429, "Too Many Requests: retry after 17", retry_after=17)
    with pytest.raises(Retry) as caught:
        await channel.send(message())
    assert (caught.value.after, caught.value.uncertain) == (17, False)
    await channel.send(message())
    assert len(server.sent(42)) == 1


async def test_a_pause_for_one_chat_is_not_one_for_the_others(channel: TelegramChannel, server: TelegramServer) -> None:
    server.fail_next("sendMessage", 429, "Too Many Requests: retry after 17", retry_after=17, times=2)
    for _ in range(2):
        with pytest.raises(Retry) as caught:
            await channel.send(message())
        assert (caught.value.after, tuple(caught.value.holds)) == (17, ())


async def test_pauses_for_two_chats_at_once_are_meant_for_the_bot(
    channel: TelegramChannel, server: TelegramServer
) -> None:
    server.fail_next("sendMessage", 429, "Too Many Requests: retry after 40", retry_after=40)
    server.fail_next("sendMessage", 429, "Too Many Requests: retry after 5", retry_after=5)
    with pytest.raises(Retry):
        await channel.send(message())
    with pytest.raises(Retry) as caught:
        await channel.send(replace(message(), address="43"))
    assert set(caught.value.holds) == {"message", "export"}
    assert caught.value.after is not None
    assert 5 < caught.value.after <= 40


async def test_a_broken_line_leaves_the_outcome_open(channel: TelegramChannel, server: TelegramServer) -> None:
    server.fail_next("sendMessage", 0, accepted=True)
    with pytest.raises(Outage) as caught:
        await channel.send(message())
    assert caught.value.uncertain
    assert len(server.sent(42)) == 1


async def test_a_server_error_is_tried_again(channel: TelegramChannel, server: TelegramServer) -> None:
    server.fail_next("sendMessage", 502, "Bad Gateway")
    with pytest.raises(Outage) as caught:
        await channel.send(message())
    assert (caught.value.after, caught.value.uncertain) == (None, False)


async def test_a_server_that_is_away_got_nothing(channel: TelegramChannel, server: TelegramServer) -> None:
    await until(lambda: len(server.calls("setMyShortDescription")) == 4)
    server.close()
    with pytest.raises(Outage) as caught:
        await channel.send(message())
    assert not caught.value.uncertain


async def test_who_blocked_the_bot_is_not_written_to(channel: TelegramChannel, server: TelegramServer) -> None:
    server.block(42)
    with pytest.raises(Undeliverable, match="blocked by the user"):
        await channel.send(message())


@pytest.mark.parametrize("words", ["chat not found", "message text is empty"])
async def test_what_telegram_refuses_is_undeliverable_in_its_words(
    channel: TelegramChannel, server: TelegramServer, words: str
) -> None:
    server.fail_next("sendMessage", 400, f"Bad Request: {words}")
    with pytest.raises(Undeliverable, match=f"(?i){words}"):
        await channel.send(message())


async def test_a_revoked_token_loses_no_message(channel: TelegramChannel, server: TelegramServer) -> None:
    server.fail_next("sendMessage", 401, "Unauthorized")
    with pytest.raises(Outage) as caught:
        await channel.send(message())
    assert "set a new I2PCC_TELEGRAM_TOKEN" in caught.value.advice


async def test_a_card_is_nothing_for_telegram(channel: TelegramChannel) -> None:
    with pytest.raises(Undeliverable, match="card"):
        await channel.send(Delivery(id="c", channel="telegram", kind="card", address="42", body={}))
