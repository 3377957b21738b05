"""What others commit between two statements of a transaction: on PostgreSQL each statement sees it.

Each test holds a lock, lets two transactions come to where they wait, and lets go.
"""

import asyncio
import dataclasses
from contextlib import suppress
from functools import partial
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Select, select, text, update

from bot import inbox
from bot.errors import RequestError
from bot.ports import Coordination, Undeliverable
from bot.retention import purge
from bot.setting_aside import MAX_ATTEMPTS
from bot.store.engine import Store
from bot.store.models import InboxRow, IntakeRow, OutboxRow
from tests.bot.channels import Noting, until
from tests.bot.conftest import Deliver
from tests.bot.parts import Bot, knowledge
from tests.bot.test_coordination import handoffs


@pytest.fixture
def bot(shared: Store) -> Bot:
    return Bot(shared)


async def waiting(store: Store, number: int = 1) -> None:
    """Return once so many transactions wait for a lock."""
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )

    async def wait() -> bool:
        async with store.read() as session:
            return bool(await session.scalar(query) == number)

    await until(wait)


class Pause:
    """Stands before a function of a module: who calls it waits until `go_on` is set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str) -> None:
        self.go_on = asyncio.Event()
        self.reached = asyncio.Event()
        self._function = getattr(module, name)
        monkeypatch.setattr(module, name, self)

    async def __call__(self, *arguments: object) -> object:
        self.reached.set()
        await self.go_on.wait()
        return await self._function(*arguments)


async def test_a_message_beside_its_own_second_try_is_answered_once(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    incoming = bot.text((await bot.gateway.open()).id, "hello", "web")
    pause = Pause(monkeypatch, inbox, "add")
    again = asyncio.create_task(bot.gateway.reply_to(dataclasses.replace(incoming, again=True)))
    await asyncio.wait_for(pause.reached.wait(), 60)
    first = asyncio.create_task(bot.gateway.reply_to(incoming))
    await waiting(bot.store)
    pause.go_on.set()
    assert await first == await again
    assert [m.text for m in (await first).messages] == ["echo hello"]


async def test_a_message_that_comes_while_its_idle_conversation_is_to_be_erased_is_answered(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.says("42", "hello")
    bot.clock.forward(days=400)
    pause = Pause(monkeypatch, inbox, "add")
    accepted = asyncio.create_task(bot.gateway.accept(bot.text("42", "still there?")))
    await asyncio.wait_for(pause.reached.wait(), 60)
    purging = asyncio.create_task(purge(bot.store, knowledge(), bot.signals, 365, bot.clock()))
    await waiting(bot.store)
    pause.go_on.set()
    inbox_id = await accepted
    assert await purging == 0
    assert [m.text for m in (await bot.gateway.answer(inbox_id)).messages] == ["echo still there?"]


async def test_what_arrives_in_slack_while_its_person_is_erased_is_taken_back(bot: Bot, deliver: Deliver) -> None:
    slack = Noting("slack")
    slack.hold = asyncio.Event()
    await bot.says("42", "/submit")
    await deliver(bot, slack)
    await until(lambda: slack.tried)

    async def is_sent() -> bool:
        async with bot.store.read() as session:
            card = select(OutboxRow.status).where(OutboxRow.kind == "card")
            return bool(await session.scalar(card) == "sent")

    async with bot.store.engine.begin() as other:
        await other.execute(text("SELECT 1 FROM outbox WHERE lane = 'telegram' FOR UPDATE"))
        erasure = asyncio.create_task(bot.says("42", "/delete"))
        await waiting(bot.store)
        slack.hold.set()
        await until(is_sent)
    await erasure

    def is_taken_back() -> bool:
        posted = {f"1700.{number}" for number, delivery in enumerate(slack.sent, 1) if delivery.kind != "erase"}
        return posted == {message["ts"] for d in slack.sent for message in d.body.get("messages", ())}

    await until(is_taken_back)


async def test_a_claim_that_waits_for_an_erasure_leaves_the_person_to_the_assistant(bot: Bot) -> None:
    id_ = (await bot.gateway.open()).id
    await bot.says(id_, "/submit", "web")
    (handoff,) = await handoffs(bot)
    claim = Coordination("slack", "E1:U1", "claim", "U1", "Lien Uniek", handoff_id=handoff.id)
    async with bot.store.engine.begin() as other:
        await other.execute(text("SELECT 1 FROM handoffs FOR UPDATE"))
        erasure = asyncio.create_task(bot.says(id_, "/delete", "web"))
        await waiting(bot.store)
        claimed = asyncio.create_task(bot.gateway.coordinate(claim))
        await waiting(bot.store, 2)
    await asyncio.gather(erasure, claimed)

    assert (await bot.gateway.messages_after(id_, 0)).owner == "assistant"
    assert await bot.says(id_, "hello", "web") == ["echo hello"]
    async with bot.store.read() as session:
        rows = (await session.scalars(select(InboxRow).where(InboxRow.kind == "claim"))).all()
    assert [(row.body, row.external_id[:7], row.handled_at is None) for row in rows] == [({}, "sha256:", False)]


async def test_a_link_that_waits_for_a_claim_shows_the_partners_card_as_claimed(bot: Bot) -> None:
    (own,), (partner,) = await bot.says("42", "/submit"), await bot.says("43", "/submit")
    theirs = (await handoffs(bot))[1].id
    id_ = await bot.gateway.conversation_id("telegram", "43")
    assert id_
    claim = Coordination("slack", "E1", "claim", "U1", "Lien", handoff_id=theirs)
    async with bot.gateway._handler.alone_with(id_):
        claimed = asyncio.create_task(bot.gateway.coordinate(claim))
        await until(partial(one, bot, select(InboxRow).where(InboxRow.kind == "claim")))
        other = await bot.store.engine.connect()
        await other.execute(text("SELECT 1 FROM inbox WHERE kind = 'claim' FOR UPDATE"))
    await waiting(bot.store)  # with the card written
    linked = asyncio.create_task(bot.says("42", f"/link {own} {partner}"))
    await waiting(bot.store, 2)
    await other.close()
    await asyncio.gather(claimed, linked)
    async with bot.store.read() as session:
        cards = select(OutboxRow.body).where(OutboxRow.handoff_id == theirs, OutboxRow.kind == "card_update")
        *_, last = await session.scalars(cards.order_by(OutboxRow.position))
    assert (last["claimed_by"], last["intake"]["status"], last["intake"]["links"]) == ("Lien", "claimed", [own])


async def one(bot: Bot, query: Select[Any]) -> bool:
    async with bot.store.read() as session:
        return await session.scalar(query) is not None


async def test_a_card_arrives_while_its_person_moves(bot: Bot, deliver: Deliver) -> None:
    slack = Noting("slack")
    slack.hold = asyncio.Event()
    await bot.says("42", "/submit")
    (code,) = await bot.says("42", "/move")
    web = (await bot.gateway.open()).id
    await deliver(bot, slack)
    await until(lambda: slack.tried)
    async with bot.store.engine.begin() as other:
        await other.execute(text("LOCK TABLE attachments IN EXCLUSIVE MODE"))  # the last that a move changes
        moved = asyncio.create_task(bot.says(web, code, "web"))
        await waiting(bot.store)
        slack.hold.set()
        await waiting(bot.store, 2)
    assert await moved == ["welcome"]
    await until(partial(one, bot, select(OutboxRow).where(OutboxRow.kind == "card", OutboxRow.status == "sent")))


async def test_what_cannot_be_sent_while_its_person_is_erased_is_written_down(bot: Bot, deliver: Deliver) -> None:
    """Here one has to give way, because each waits for the other: whichever it is, it comes again."""
    slack = Noting("slack")
    slack.hold, slack.faults = asyncio.Event(), [Undeliverable("part 2 of 3")]
    await bot.says("42", "/submit")
    await deliver(bot, slack)
    await until(lambda: slack.tried)
    async with bot.store.engine.begin() as other:
        await other.execute(text("SELECT 1 FROM outbox WHERE lane = 'telegram' FOR UPDATE"))
        erasure = asyncio.create_task(bot.says("42", "/delete"))
        await waiting(bot.store)
        slack.hold.set()
        await waiting(bot.store, 2)
    with suppress(RequestError):
        await erasure
    await bot.gateway.handle_open()
    card = slack.tried[0].id
    await until(lambda: card in [id_ for d in slack.sent if d.kind == "erase" for id_ in d.body["uncertain"]])


async def test_an_erasure_goes_along_with_who_moves_on_meanwhile(bot: Bot) -> None:
    first, last = (await bot.gateway.open()).id, (await bot.gateway.open()).id
    await bot.says(first, "/submit", "web")
    await bot.says("42", (await bot.says(first, "/move", "web"))[0])
    (code,) = await bot.says("42", "/move")
    async with bot.store.engine.begin() as other:
        await other.execute(text("LOCK TABLE attachments IN EXCLUSIVE MODE"))  # the last that a move changes
        moved = asyncio.create_task(bot.says(last, code, "web"))
        await waiting(bot.store)
        erased = asyncio.create_task(bot.says(first, "/delete", "web"))
        await waiting(bot.store, 2)
    assert await moved == ["welcome"]
    assert await erased == ["erased"]
    async with bot.store.read() as session:
        (intake,) = (await session.scalars(select(IntakeRow))).all()
    assert intake.slots == {}


async def test_two_processes_at_once_put_an_update_aside_once(bot: Bot) -> None:
    await bot.gateway.accept(bot.text("42", "poison"))
    async with bot.store.write() as session:
        await session.execute(update(InboxRow).values(attempts=MAX_ATTEMPTS))
    async with bot.store.engine.begin() as other:
        await other.execute(text("SELECT 1 FROM inbox FOR UPDATE"))
        processes = [asyncio.create_task(b.gateway.handle_open()) for b in (bot, Bot(bot.store))]
        await waiting(bot.store, 2)
    await asyncio.gather(*processes)
    async with bot.store.read() as session:
        told = (await session.scalars(select(OutboxRow.kind).order_by(OutboxRow.kind))).all()
    assert told == ["alert", "message"]


async def test_a_reply_that_comes_in_the_moment_in_which_its_card_is_settled_is_not_lost(bot: Bot) -> None:
    await bot.says("42", "/submit")
    async with bot.store.write() as session:
        await session.execute(update(OutboxRow).where(OutboxRow.kind == "card").values(attempts=1, uncertain=True))
    async with bot.store.engine.begin() as other:
        await other.execute(text("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE"))
        action = Coordination("slack", "Ev1", "reply", "U1", "Lien", thread=("C1", "1700.1"), text="Can we call?")
        reply = asyncio.create_task(bot.gateway.coordinate(action))
        await waiting(bot.store)
        await other.execute(text("UPDATE handoffs SET slack_channel = 'C1', slack_ts = '1700.1'"))
        await other.execute(text("UPDATE outbox SET status = 'sent', uncertain = false WHERE kind = 'card'"))
    await reply
    id_ = await bot.gateway.conversation_id("telegram", "42")
    assert id_
    assert "Can we call?" in [m.text for m in (await bot.gateway.messages_after(id_, 0)).messages]
