"""After an erasure nothing is left but references, dates and statuses."""

import asyncio
import json
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import intakes
from bot.ports import Retry, Undeliverable
from bot.retention import purge
from bot.store.engine import Store
from bot.store.models import Base, Conversation, OutboxRow
from dialogues.state import Draft, State
from tests.bot.channels import Noting, until
from tests.bot.conftest import Deliver
from tests.bot.parts import EMAIL, Bot, knowledge
from tests.bot.test_coordination import Coordinator, handoffs

CHAT = "770055330011"
ACTOR = "Lien Unieknaam"


async def everything(store: Store) -> str:
    """Every row of every table."""
    async with store.read() as session:
        tables = [(await session.execute(select(table))).mappings().all() for table in Base.metadata.sorted_tables]
        return json.dumps([[dict(row) for row in rows] for rows in tables], default=str)


def bytes_of(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file())


async def whole_flow(bot: Bot, address: str, channel: str = "telegram") -> str:
    for n in range(20):
        await bot.says(address, f"{n} my address is {EMAIL} " + "x" * 200 * n, channel)
    (reference,) = await bot.says(address, "/submit", channel)
    (handoff,) = await handoffs(bot)
    lien = Coordinator(bot, ACTOR)
    await lien.does("claim", handoff_id=handoff.id)
    await lien.does("reply", handoff_id=handoff.id, text=f"Thank you, I write to {EMAIL}")
    await bot.says(address, f"yes, {EMAIL}", channel)
    return reference


async def test_no_trace_is_left(bot: Bot, deliver: Deliver) -> None:
    slack, telegram = Noting("slack"), Noting("telegram")
    await deliver(bot, slack)
    await deliver(bot, telegram)
    reference = await whole_flow(bot, CHAT)
    await bot.says("another", "keep me")
    await until(lambda: slack.kinds()[-1:] == ["relay"] and len(telegram.sent) >= 24)
    posted = [{"channel": "C1", "ts": f"1700.{n}"} for n, d in enumerate(slack.sent, 1) if d.kind != "erase"]
    assert EMAIL in await everything(bot.store)

    assert await bot.says(CHAT, "/delete") == ["erased"]
    await until(lambda: slack.kinds()[-1:] == ["erase"] and telegram.texts()[-1:] == ["erased"])
    assert slack.sent[-1].body == {"messages": posted, "files": [], "uncertain": []}
    assert telegram.sent[-1].address == CHAT

    async def forgotten() -> bool:
        return CHAT not in await everything(bot.store)

    await until(forgotten)
    left = await everything(bot.store)
    for trace in (EMAIL, CHAT, ACTOR, "Pomp en Filter", "my address"):
        assert trace not in left
    assert "keep me" in left
    async with bot.store.read() as session:
        kept = await intakes.show(session, reference)
    assert kept
    assert (kept["slots"], kept["match"], kept["status"]) == ({}, {"regions": []}, "claimed")
    assert [h["event"] for h in kept["history"]] == ["received", "claimed", "replied", "erased"]
    assert kept["history"][1]["actor"].startswith("coordinator-")


async def test_sqlite_keeps_no_byte_in_its_files(sqlite_bot: Bot, deliver: Deliver, tmp_path: Path) -> None:
    bot, telegram = sqlite_bot, Noting("telegram")
    await deliver(bot, telegram)
    await whole_flow(bot, CHAT)
    assert EMAIL.encode() in bytes_of(tmp_path)
    await bot.says(CHAT, "/delete")
    await until(lambda: telegram.texts()[-1:] == ["erased"])
    await until(lambda: CHAT.encode() not in bytes_of(tmp_path))
    for trace in (EMAIL, ACTOR, "Pomp en Filter"):
        assert trace.encode() not in bytes_of(tmp_path)


async def test_a_new_message_starts_a_new_conversation(bot: Bot) -> None:
    await bot.says(CHAT, "hello")
    before = await bot.gateway.conversation_id("telegram", CHAT)
    await bot.says(CHAT, "/delete")
    assert await bot.gateway.conversation_id("telegram", CHAT) is None
    await bot.says(CHAT, "hello again")
    assert await bot.gateway.conversation_id("telegram", CHAT) not in (before, None)


async def test_the_web_reads_its_confirmation_and_goes_on(bot: Bot) -> None:
    opened = await bot.gateway.open("nl")
    await bot.says(opened.id, EMAIL, "web")
    delete = bot.text(opened.id, "/delete", "web")
    first = await bot.gateway.answer(await bot.gateway.accept(delete))
    assert [(m.seq, m.text) for m in first.messages] == [(2, "erased")]
    assert (first.language, first.reference) == ("nl", None)
    await bot.gateway.authorise(opened.id, opened.token)
    assert await bot.gateway.answer(await bot.gateway.accept(delete)) == first
    assert (await bot.gateway.messages_after(opened.id, 0)).messages == first.messages
    assert await bot.says(opened.id, "hello", "web") == ["echo hello"]


async def test_an_update_that_waited_goes_with_the_rest(bot: Bot) -> None:
    opened = await bot.gateway.open()
    delete = await bot.gateway.accept(bot.text(opened.id, "/delete", "web"))
    waiting = await bot.gateway.accept(bot.text(opened.id, EMAIL, "web"))
    await bot.gateway.answer(delete)
    assert (await bot.gateway.answer(waiting)).messages == ()
    assert EMAIL not in await everything(bot.store)


async def test_waiting_rows_are_not_sent_any_more(bot: Bot, deliver: Deliver) -> None:
    await bot.says(CHAT, "/submit")
    await bot.says(CHAT, "/delete")
    slack, telegram = Noting("slack"), Noting("telegram")
    await deliver(bot, slack)
    await deliver(bot, telegram)
    await until(lambda: telegram.sent)
    await asyncio.sleep(0.1)
    assert (telegram.texts(), slack.sent) == (["erased"], [])


async def in_the_middle(bot: Bot, deliver: Deliver, *faults: Exception) -> tuple[Noting, asyncio.Event]:
    """A Slack that is just being sent a card, and what lets it go on."""
    slack, go_on = Noting("slack"), asyncio.Event()
    slack.hold, slack.faults = go_on, list(faults)
    await deliver(bot, slack)
    await bot.says(CHAT, "/submit")
    await until(lambda: slack.during)
    return slack, go_on


async def test_what_is_being_sent_meanwhile_is_taken_back(bot: Bot, deliver: Deliver) -> None:
    slack, go_on = await in_the_middle(bot, deliver)
    await bot.says(CHAT, "/delete")
    go_on.set()
    await until(lambda: slack.kinds() == ["card", "erase"])
    assert slack.sent[1].body["messages"] == [{"channel": "C1", "ts": "1700.1"}]


@pytest.mark.parametrize("meanwhile", [False, True])
async def test_what_may_have_arrived_is_looked_for(bot: Bot, deliver: Deliver, meanwhile: bool) -> None:
    slack, go_on = await in_the_middle(bot, deliver, Retry("timed out", after=3600, uncertain=True))
    if not meanwhile:
        go_on.set()
        await until(lambda: not slack.during)
        await asyncio.sleep(0.1)
    await bot.says(CHAT, "/delete")
    go_on.set()
    await until(lambda: slack.kinds() == ["erase"])
    assert slack.sent[0].body == {"messages": [], "files": [], "uncertain": [slack.tried[0].id]}


async def test_what_fails_in_the_middle_meanwhile_is_looked_for(bot: Bot, deliver: Deliver) -> None:
    slack, go_on = await in_the_middle(bot, deliver, Undeliverable("part 2 of 3"))
    await bot.says(CHAT, "/delete")
    go_on.set()
    await until(lambda: slack.kinds() == ["erase"])
    assert slack.sent[0].body == {"messages": [], "files": [], "uncertain": [slack.tried[0].id]}


async def test_a_second_erasure_takes_what_came_after_the_first(bot: Bot, deliver: Deliver) -> None:
    slack = Noting("slack")
    await deliver(bot, slack)
    opened = await bot.gateway.open()
    for _ in range(2):
        await bot.says(opened.id, "human", "web")
        await until(lambda: slack.kinds()[-1:] == ["transcript"])
        await asyncio.sleep(0.05)
        await bot.says(opened.id, "/delete", "web")
        await until(lambda: slack.kinds()[-1:] == ["erase"])
    erased = [[m["ts"] for m in d.body["messages"]] for d in slack.sent if d.kind == "erase"]
    assert erased == [["1700.1", "1700.2"], ["1700.4", "1700.5"]]


async def test_a_persons_own_data_as_a_file(bot: Bot, deliver: Deliver) -> None:
    telegram = Noting("telegram")
    await deliver(bot, telegram)
    await bot.says(CHAT, "hello")
    (reference,) = await bot.says(CHAT, "/submit")
    await bot.says(CHAT, "/export")
    await until(lambda: telegram.kinds()[-1:] == ["export"])
    sent = telegram.sent[-1].body
    data = json.loads(sent["content"])
    assert sent["filename"].endswith(".json")
    assert [m["text"] for m in data["messages"]][:2] == ["hello", "echo hello"]
    assert data["intakes"][0]["reference"] == reference
    assert data["intakes"][0]["slots"]["contact_email"] == EMAIL
    id_ = await bot.gateway.conversation_id("telegram", CHAT)
    assert id_
    assert json.loads((await bot.gateway.export(id_)).content) == data


async def test_the_idle_are_erased_and_the_active_stay(bot: Bot) -> None:
    await bot.says(CHAT, EMAIL)
    bot.clock.forward(days=300)
    await bot.says("another", "keep me")
    bot.clock.forward(days=70)
    assert await purge(bot.store, knowledge(), bot.signals, 365, bot.clock()) == 1
    left = await everything(bot.store)
    assert EMAIL not in left
    assert CHAT not in left
    assert "keep me" in left
    assert await purge(bot.store, knowledge(), bot.signals, 365, bot.clock()) == 0


async def test_who_is_back_and_waits_for_an_answer_is_not_erased(bot: Bot) -> None:
    await bot.says(CHAT, "hello")
    bot.clock.forward(days=370)
    inbox_id = await bot.gateway.accept(bot.text(CHAT, "still there?"))
    assert await purge(bot.store, knowledge(), bot.signals, 365, bot.clock()) == 0
    assert [m.text for m in (await bot.gateway.answer(inbox_id)).messages] == ["echo still there?"]


async def test_an_old_paused_draft_is_forgotten(bot: Bot) -> None:
    await bot.says(CHAT, "hello")
    id_ = await bot.gateway.conversation_id("telegram", CHAT)
    draft = Draft(kind="proposal", awaiting="solution", slots={"x": 1}, paused_at=bot.clock())
    async with bot.store.write() as session:
        conversation = await session.get_one(Conversation, id_)
        conversation.state = State(paused=draft).model_dump(mode="json")
    for days, kept in ((29, True), (2, False)):
        bot.clock.forward(days=days)
        await purge(bot.store, knowledge(), bot.signals, 365, bot.clock())
        async with bot.store.read() as session:
            found = await session.get_one(Conversation, id_)
            assert bool(found.state["paused"]) is kept


async def test_an_erased_row_of_the_outbox_says_nothing(bot: Bot) -> None:
    await bot.says(CHAT, EMAIL)
    await bot.says(CHAT, "/delete")
    async with bot.store.read() as session:
        rows = (await session.scalars(select(OutboxRow).order_by(OutboxRow.position))).all()
    assert [(r.status, r.body.get("text"), r.address) for r in rows] == [
        ("cancelled", None, None),
        ("pending", "erased", CHAT),
    ]
