"""Taking updates in and answering them: nothing lost, nothing doubled, everything in order."""

import asyncio
import json

import pytest
from sqlalchemy import func, select

from bot.errors import RequestError
from bot.ports import Gateway, Incoming
from bot.store.models import Conversation, InboxRow, MessageRow, OutboxRow
from tests.bot.parts import Bot


async def test_is_the_gateway_of_the_ports(bot: Bot) -> None:
    gateway: Gateway = bot.gateway
    assert gateway.sources("nl")[1] == {"key": "S2", "title": "Pagina", "url": "https://example.org/i2pcc"}


async def test_sources_are_titled_in_the_readers_script(bot: Bot) -> None:
    assert [s["title"] for s in bot.gateway.sources("zh-Hans")] == ["项目概要", "项目网页"]
    assert [s["title"] for s in bot.gateway.sources("zh-Hant")] == ["項目概要", "項目網頁"]


async def test_a_turn_from_update_to_reply(bot: Bot) -> None:
    opened = await bot.gateway.open("zh-Hant")
    inbox_id = await bot.gateway.accept(bot.text(opened.id, "hello", "web"))
    reply = await bot.gateway.answer(inbox_id)
    assert reply.as_json() == {
        "messages": [
            {
                "seq": 1,
                "kind": "answer",
                "text": "echo hello",
                "buttons": [{"title": "More", "payload": "programme:overview"}],
                "topics": ["programme:overview"],
                "sources": ["S1", "S2"],
            }
        ],
        "language": "zh-Hant",
        "awaiting": None,
        "owner": "assistant",
        "reference": None,
    }


async def test_a_turn_wakes_the_delivery_only_for_what_is_to_be_sent(bot: Bot) -> None:
    woken: list[str] = []
    bot.signals.waiting = lambda: woken.append("delivery")  # type: ignore[method-assign]
    opened = await bot.gateway.open()
    await bot.says(opened.id, "hello", "web")
    assert woken == []
    await bot.says("42", "hello")
    assert woken == ["delivery"]


async def test_an_opened_conversation_is_silent_and_speaks_its_hint(bot: Bot) -> None:
    opened = await bot.gateway.open("nl")
    reply = await bot.gateway.messages_after(opened.id, 0)
    assert (reply.messages, reply.language, reply.owner) == ((), "nl", "assistant")


async def test_only_the_token_opens(bot: Bot) -> None:
    opened, other = await bot.gateway.open(), await bot.gateway.open()
    await bot.gateway.authorise(opened.id, opened.token)
    for wrong in (other.token, "", "\ud800"):
        with pytest.raises(RequestError) as refused:
            await bot.gateway.authorise(opened.id, wrong)
        assert refused.value.status == 401


@pytest.mark.parametrize("unknown", ["nobody", "\x00", "9b2f5c1e-0000-4000-8000-000000000000"])
async def test_an_unknown_conversation_is_told(bot: Bot, unknown: str) -> None:
    with pytest.raises(RequestError) as refused:
        await bot.gateway.authorise(unknown, "token")
    assert refused.value.status == 404


async def test_the_token_is_not_in_the_database(bot: Bot) -> None:
    opened = await bot.gateway.open()
    async with bot.store.read() as session:
        row = await session.get_one(Conversation, opened.id)
    assert opened.token not in json.dumps([row.token_hash, row.state])


async def test_the_web_needs_an_opened_conversation(bot: Bot) -> None:
    with pytest.raises(RequestError) as refused:
        await bot.gateway.accept(bot.text("9b2f5c1e-0000-4000-8000-000000000000", "hi", "web"))
    assert refused.value.status == 404


async def test_a_redelivery_gets_the_first_answer_again(bot: Bot) -> None:
    first = await bot.gateway.accept(bot.text("42", "hello", id_="7"))
    answered = await bot.gateway.answer(first)
    await bot.says("42", "something else")
    again = await bot.gateway.accept(bot.text("42", "hello, but different", id_="7"))
    assert again == first
    assert await bot.gateway.answer(again) == answered
    assert len(bot.dialogue.seen) == 2


async def test_the_same_update_twenty_times_at_once_is_one(bot: Bot) -> None:
    incoming = bot.text("42", "hello")
    ids = await asyncio.gather(*(bot.gateway.accept(incoming) for _ in range(20)))
    replies = await asyncio.gather(*(bot.gateway.answer(i) for i in ids))
    assert len(set(ids)) == 1
    assert {r.messages[0].seq for r in replies} == {1}
    assert len(bot.dialogue.seen) == 1


async def test_the_same_id_on_two_channels_is_two_updates(bot: Bot) -> None:
    telegram = await bot.gateway.accept(bot.text("42", "hello", "telegram", "7"))
    terminal = await bot.gateway.accept(bot.text("42", "hello", "terminal", "7"))
    assert telegram != terminal


async def test_twenty_updates_at_once_are_answered_without_gap(bot: Bot) -> None:
    async def one(number: int) -> tuple[int, str]:
        reply = await bot.gateway.answer(await bot.gateway.accept(bot.text("42", f"n{number}")))
        return reply.messages[0].seq, reply.messages[0].text

    answers = await asyncio.gather(*(one(n) for n in range(20)))
    assert sorted(seq for seq, _ in answers) == list(range(1, 21))
    assert [text for _, text in answers] == [f"echo n{n}" for n in range(20)]


async def test_two_processes_on_one_conversation_keep_its_order(bot: Bot) -> None:
    """Their locks do not know of each other: only the database keeps them apart."""
    other = Bot(bot.store)
    ids = [await bot.gateway.accept(bot.text("42", f"n{n}")) for n in range(10)]
    await asyncio.gather(
        *(b.gateway.answer(i) for i in ids for b in (bot, other)),
    )
    async with bot.store.read() as session:
        rows = (
            await session.scalars(select(MessageRow).where(MessageRow.seq.is_not(None)).order_by(MessageRow.seq))
        ).all()
    assert [r.seq for r in rows] == list(range(1, 11))
    assert [r.text for r in rows] == [f"echo n{n}" for n in range(10)]


async def test_an_earlier_update_is_handled_first(bot: Bot) -> None:
    await bot.gateway.accept(bot.text("42", "first"))
    reply = await bot.gateway.answer(await bot.gateway.accept(bot.text("42", "second")))
    assert [e.text for e in bot.dialogue.seen] == ["first", "second"]
    assert [(m.seq, m.text) for m in reply.messages] == [(2, "echo second")]


async def test_messages_after_a_cursor(bot: Bot) -> None:
    opened = await bot.gateway.open()
    for text in ("a", "b", "c"):
        await bot.says(opened.id, text, "web")
    later = await bot.gateway.messages_after(opened.id, 1)
    assert [(m.seq, m.text) for m in later.messages] == [(2, "echo b"), (3, "echo c")]


async def test_a_long_conversation_comes_in_pages(bot: Bot) -> None:
    opened = await bot.gateway.open()
    for number in range(7):
        await bot.says(opened.id, str(number), "web")
    pages, after, more = [], 0, True
    while more:
        page = await bot.gateway.messages_after(opened.id, after, limit=3)
        pages.append([m.seq for m in page.messages])
        after, more = pages[-1][-1], page.more
    assert pages == [[1, 2, 3], [4, 5, 6], [7]]
    assert not (await bot.gateway.messages_after(opened.id, 4, limit=3)).more


@pytest.mark.parametrize("seq", [1, 2**31, 2**53, 10**18 - 1])
async def test_after_the_last_there_is_nothing(bot: Bot, seq: int) -> None:
    opened = await bot.gateway.open()
    await bot.says(opened.id, "a", "web")
    page = await bot.gateway.messages_after(opened.id, seq)
    assert (page.messages, page.more) == ((), False)


async def test_a_subscriber_is_woken(bot: Bot) -> None:
    opened = await bot.gateway.open()
    subscription = bot.gateway.subscribe(opened.id)
    waiting = asyncio.create_task(subscription.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    await bot.says(opened.id, "hello", "web")
    await asyncio.wait_for(waiting, 1)
    subscription.close()
    subscription.close()
    await bot.says(opened.id, "again", "web")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(subscription.wait(), 0.05)


async def test_telegram_gets_its_message_through_the_outbox_and_the_web_does_not(bot: Bot) -> None:
    opened = await bot.gateway.open()
    await bot.says(opened.id, "hello", "web")
    await bot.says("42", "goedendag", "telegram")
    async with bot.store.read() as session:
        (row,) = (await session.scalars(select(OutboxRow))).all()
    assert (row.lane, row.kind, row.body["text"], row.body["language"]) == (
        "telegram",
        "message",
        "echo goedendag",
        "nl",
    )
    assert row.body["source_titles"][1]["title"] == "Pagina"


async def test_buttons_and_commands_are_not_parsed(bot: Bot) -> None:
    await bot.says("42", "hello")
    await bot.says("42", "/start")
    press = Incoming("telegram", "42", "press", "payload", payload="programme:overview")
    await bot.gateway.answer(await bot.gateway.accept(press))
    assert bot.interpreter.parsed == ["hello"]
    assert bot.dialogue.seen[2].understanding is None
    async with bot.store.read() as session:
        heard = await session.scalars(
            select(MessageRow.text).where(MessageRow.author == "person").order_by(MessageRow.id)
        )
        assert heard.all() == ["hello", "/start", "More"]


async def test_odd_characters_are_no_obstacle(bot: Bot) -> None:
    assert await bot.says("42", "a\x00b\ud83d 😀") == ["echo ab? 😀"]


async def test_no_screen_obeys_what_a_person_wrote(bot: Bot) -> None:
    assert await bot.says("42", "\x1b]0;title\x07\x1b[2Jone\r\ntwo\t\u202egnp.exe\u2069") == [
        "echo ]0;title[2Jone\ntwo\tgnp.exe"
    ]


async def test_a_failed_turn_leaves_nothing_and_is_tried_again(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    bot.dialogue.broken = 1
    inbox_id = await bot.gateway.accept(bot.text("42", "secret@example.org"))
    with pytest.raises(RequestError) as failed:
        await bot.gateway.answer(inbox_id)
    assert failed.value.status == 503
    async with bot.store.read() as session:
        assert await session.scalar(select(func.count()).select_from(MessageRow)) == 0
        row = await session.get_one(InboxRow, inbox_id)
    assert row.attempts == 1
    assert "ValueError" in caplog.text
    assert "secret@example.org" not in caplog.text + str(row.error)
    assert [m.seq for m in (await bot.gateway.answer(inbox_id)).messages] == [1]


async def test_what_a_dead_process_accepted_is_answered_once(bot: Bot) -> None:
    await bot.gateway.accept(bot.text("42", "are you there?"))
    successor = Bot(bot.store)
    await successor.gateway.handle_open()
    await successor.gateway.handle_open()
    async with bot.store.read() as session:
        texts = (await session.scalars(select(OutboxRow))).all()
    assert [r.body["text"] for r in texts] == ["echo are you there?"]
