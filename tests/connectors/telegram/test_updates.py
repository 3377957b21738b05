import pytest

from bot.ports import File
from connectors.telegram.channel import TelegramChannel
from tests.connectors.telegram.waiting import until
from tests.fakes.telegram_gateway import FakeGateway
from tests.fakes.telegram_server import USERNAME, Json, TelegramServer
from tests.files import EXECUTABLE, PDF

GROUP = -100200300


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("en", "en"),
        ("en-GB", "en"),
        ("nl", "nl"),
        ("nl-be", "nl"),
        ("zh-hans", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh-hant", "zh-Hant"),
        ("zh-TW", "zh-Hant"),
        ("fr", None),
        ("nld", None),
        ("", None),
    ],
)
async def test_the_app_language_is_a_hint(
    channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway, code: str, hint: str | None
) -> None:
    server.send_text(42, "?", language_code=code)
    await until(lambda: gateway.inbox)
    assert gateway.inbox[0].language_hint == hint


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("/start", "/start"),
        (f"/start@{USERNAME}", "/start"),
        (f"/start@{USERNAME} nl", "/start nl"),
        ("/proposal", "/proposal"),
        ("an@example.com", "an@example.com"),
        ("see /help@me", "see /help@me"),
    ],
)
async def test_commands_come_as_text_without_the_bot_name(
    channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway, typed: str, taken: str
) -> None:
    server.send_text(42, typed)
    await until(lambda: gateway.inbox)
    assert (gateway.inbox[0].kind, gateway.inbox[0].text) == ("text", taken)


FILE = {"file_id": "f", "file_unique_id": "f"}
VIDEO = {**FILE, "width": 9, "height": 9, "duration": 2}
PLACE = {"latitude": 51.2, "longitude": 4.4}


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        ({"photo": [{**FILE, "width": 9, "height": 9}]}, "file_lost"),
        ({"voice": {**FILE, "duration": 2}}, "voice"),
        ({"audio": {**FILE, "duration": 2}}, "voice"),
        ({"video": {**FILE, "width": 9, "height": 9, "duration": 2}}, "video"),
        ({"video_note": {**FILE, "length": 9, "duration": 2}}, "video"),
        ({"animation": {**FILE, "width": 9, "height": 9, "duration": 2}, "document": FILE}, "video"),
        ({"document": FILE}, "file_lost"),
        ({"document": {**FILE, "file_size": 10 * 1024 * 1024 + 1}}, "file_too_large"),
        ({"location": PLACE}, "location"),
        ({"location": PLACE, "venue": {"location": PLACE, "title": "V", "address": "A"}}, "location"),
        ({"contact": {"phone_number": "+32", "first_name": "An"}}, "contact"),
        ({"dice": {"emoji": "🎲", "value": 6}}, "other"),
        ({"gift_of_the_future": {"id": 1}}, "other"),
    ],
)
async def test_what_cannot_be_read_is_named(
    channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway, content: Json, detail: str
) -> None:
    server.send_message(42, content)
    await until(lambda: gateway.answered)
    assert (gateway.inbox[0].kind, gateway.inbox[0].detail) == ("unsupported", detail)


async def test_a_sticker_and_a_caption(channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway) -> None:
    server.send_sticker(42)
    server.send_photo(42, caption="our filter")
    await until(lambda: len(gateway.answered) == 2)
    assert [(i.kind, i.detail, i.text) for i in gateway.inbox] == [
        ("unsupported", "sticker", ""),
        ("attachment", "", "our filter"),
    ]


async def test_an_album_is_answered_once_and_loses_no_caption(
    channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway
) -> None:
    gateway.failures = [OSError()]
    for caption in ("", "", "a caption on the third"):
        server.send_message(42, {"video": VIDEO, "media_group_id": "a1", "caption": caption})
    server.send_message(42, {"video": VIDEO, "media_group_id": "a2"})
    await until(lambda: len(gateway.answered) == 3)
    assert [(i.kind, i.text) for i in gateway.inbox] == [
        ("unsupported", ""),
        ("text", "a caption on the third"),
        ("unsupported", ""),
    ]


async def test_photos_of_an_album_are_files_of_their_own(
    channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway
) -> None:
    for caption in ("our filter", ""):
        server.send_photo(42, album="a1", caption=caption)
    await until(lambda: len(gateway.answered) == 2)
    assert [(i.kind, i.text, i.later) for i in gateway.inbox] == [
        ("attachment", "our filter", False),
        ("attachment", "", True),
    ]
    names = [i.file.name for i in gateway.inbox if i.file]
    assert len(set(names)) == 2
    assert all(name.startswith("photo-") and name.endswith(".jpg") for name in names)


async def test_a_document_is_fetched(channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway) -> None:
    server.send_document(42, "Offerte.pdf", PDF, caption="our offer")
    await until(lambda: gateway.answered)
    assert (gateway.inbox[0].kind, gateway.inbox[0].text) == ("attachment", "our offer")
    assert gateway.inbox[0].file == File("Offerte.pdf", PDF)


async def test_what_is_not_taken_is_told_in_its_turn(
    channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway
) -> None:
    server.send_document(42, "offer.pdf", EXECUTABLE)
    server.send_document(42, "empty.pdf", b"")
    await until(lambda: len(gateway.answered) == 2)
    assert [(i.kind, i.detail, i.file) for i in gateway.inbox] == [
        ("unsupported", "file_type", None),
        ("unsupported", "file_empty", None),
    ]


async def test_a_file_that_telegram_does_not_give_is_told(
    channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway
) -> None:
    server.fail_next("getFile", 400, "Bad Request: file is too big")
    server.send_document(42, "film.pdf", PDF)
    server.fail_next("getFile", 500, "Internal")
    server.send_document(42, "plan.pdf", PDF)
    await until(lambda: len(gateway.answered) == 2)
    assert [i.detail for i in gateway.inbox] == ["file_too_large", "file_lost"]


async def test_an_edit_is_told_as_one(channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway) -> None:
    server.edit_text(42, "corrected")
    await until(lambda: gateway.answered)
    assert (gateway.inbox[0].kind, gateway.inbox[0].text) == ("edited", "corrected")


async def test_a_very_long_message_arrives_whole(
    channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway
) -> None:
    text = "".join(f"{n:05d} " for n in range(1000))
    server.send_text(42, text)
    await until(lambda: len(gateway.answered) == 2)
    assert "".join(gateway.texts) == text
    assert len(gateway.texts[0]) == 4096


@pytest.mark.parametrize(
    "update",
    [
        {"pinned_message": {"message_id": 1, "date": 1, "chat": {"id": 42, "type": "private"}}},
        {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}},
    ],
)
async def test_notices_of_the_platform_need_no_answer(
    channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway, update: Json
) -> None:
    server.send_message(42, update)
    server.send_text(42, "next")
    await until(lambda: gateway.texts == ["next"])


async def test_moving_locations_other_bots_and_blocks_are_ignored(
    channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway
) -> None:
    person = {"id": 42, "is_bot": False, "first_name": "An"}
    private = {"id": 42, "type": "private"}
    server.send_update(
        {"edited_message": {"message_id": 1, "date": 1, "chat": private, "from": person, "location": PLACE}}
    )
    server.send_text(42, "I am a bot", is_bot=True)
    server.send_update(membership(private, "kicked"))
    server.send_text(42, "next")
    await until(lambda: gateway.texts == ["next"])
    assert server.sent(42) == []


async def test_a_group_is_told_once_and_never_stored(
    channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway
) -> None:
    server.send_group_text(GROUP, "who are you?", language_code="nl")
    server.send_group_text(GROUP, "/start")
    server.send_text(42, "next")
    await until(lambda: gateway.texts == ["next"])
    await until(lambda: server.sent(GROUP))
    assert [m["text"].split(":")[0][:4] for m in server.sent(GROUP)] == ["Dag!"]
    assert f"https://t.me/{USERNAME}" in server.sent(GROUP)[0]["text"]


async def test_a_group_that_adds_the_bot_again_is_told_again(
    channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway
) -> None:
    group = {"id": GROUP, "type": "supergroup", "title": "G"}
    for status in ("member", "left", "member"):
        server.send_update(membership(group, status))
    await until(lambda: len(server.sent(GROUP)) == 2)
    server.send_text(42, "next")
    await until(lambda: gateway.texts == ["next"])
    assert len(server.sent(GROUP)) == 2


async def test_a_channel_is_left_in_peace(
    channel: TelegramChannel, server: TelegramServer, gateway: FakeGateway
) -> None:
    server.send_update(membership({"id": GROUP, "type": "channel", "title": "C"}, "member"))
    server.send_text(42, "next")
    await until(lambda: gateway.texts == ["next"])
    await channel.stop()
    assert server.sent(GROUP) == []


def membership(chat: Json, status: str) -> Json:
    bot = {"id": 7, "is_bot": True, "first_name": "Fixture"}
    until_date = {"until_date": 0} if status == "kicked" else {}
    return {
        "my_chat_member": {
            "chat": chat,
            "from": {"id": 42, "is_bot": False, "first_name": "An"},
            "date": 1,
            "old_chat_member": {"user": bot, "status": "left"},
            "new_chat_member": {"user": bot, "status": status, **until_date},
        }
    }
