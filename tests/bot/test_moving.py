"""Going on in another channel: the draft and the intakes come along, codes cannot be guessed, erasure covers both."""

import asyncio
import json
from functools import partial

import pytest
from sqlalchemy import select

from bot import intakes, moving
from bot.moving import MOST_HERE
from bot.retention import purge
from bot.store.models import CodeRow, Conversation, HandoffRow, InboxRow, IntakeRow, MessageRow, OutboxRow
from bot.unit import SLACK
from dialogues.moving import VALID, read_code
from dialogues.state import Draft, load_state
from tests.bot.channels import Noting, until
from tests.bot.conftest import Deliver
from tests.bot.parts import Bot
from tests.bot.test_coordination import Coordinator, handoffs

WRONG = "no such code"


async def web_with_draft(bot: Bot) -> str:
    """A conversation on the web with a draft and an intake."""
    id_ = (await bot.gateway.open()).id
    await bot.says(id_, "/submit", "web")
    async with bot.store.write() as session:
        conversation = await session.get_one(Conversation, id_)
        state = load_state(conversation.state)
        state.form = Draft(kind="proposal", slots={"company_name": "Pomp en Filter"}, awaiting="contact_name")
        conversation.state = state.model_dump(mode="json")
    return id_


async def code_for(bot: Bot, id_: str) -> str:
    (code,) = await bot.says(id_, "/move", "web")
    return code


async def telegram_id(bot: Bot, address: str = "42") -> str:
    id_ = await bot.gateway.conversation_id("telegram", address)
    assert id_
    return id_


async def test_the_draft_and_the_intakes_go_along_and_the_other_side_is_told(bot: Bot) -> None:
    web = await web_with_draft(bot)
    assert await bot.says("42", await code_for(bot, web)) == ["welcome"]
    here, there = await bot.gateway.messages_after(await telegram_id(bot), 0), await bot.gateway.messages_after(web, 0)
    assert here.awaiting == "contact_name"
    assert there.awaiting is None
    assert there.reference is None
    assert there.messages[-1].text == "gone elsewhere"
    assert len(bot.dialogue.seen[-1].intakes) == 0
    await bot.says("42", "status?")
    assert [i.reference for i in bot.dialogue.seen[-1].intakes] == [here.reference]
    async with bot.store.read() as session:
        shown = await intakes.show(session, str(here.reference))
        assert shown is not None
        assert shown["channel"] == "web"
        assert [(e["event"], e["detail"]) for e in shown["history"]][1:] == [("moved", "telegram")]


async def test_a_code_works_once_and_the_token_goes_on(bot: Bot) -> None:
    opened = await bot.gateway.open()
    code = await code_for(bot, opened.id)
    assert await bot.says("42", code) == ["welcome"]
    assert await bot.says("43", code) == [WRONG]
    await bot.gateway.authorise(opened.id, opened.token)
    assert await bot.says(opened.id, "hello again", "web") == ["echo hello again"]


async def test_a_link_to_the_bot_brings_the_code(bot: Bot) -> None:
    code = await code_for(bot, (await bot.gateway.open()).id)
    assert await bot.says("42", f"/start {code}") == ["welcome"]


async def test_every_code_that_does_not_fit_gets_the_same_answer(bot: Bot) -> None:
    web = (await bot.gateway.open()).id
    first = await code_for(bot, web)
    second = await code_for(bot, web)
    assert await bot.says("42", first) == [WRONG]
    assert await bot.says(web, second, "web") == [WRONG]
    bot.clock.forward(seconds=VALID.total_seconds() + 1)
    assert await bot.says("43", second) == [WRONG]
    assert await bot.says("44", "CCCC3333") == [WRONG]


async def test_after_a_few_wrong_codes_even_the_right_one_opens_nothing_for_an_hour(bot: Bot) -> None:
    code = await code_for(bot, (await bot.gateway.open()).id)
    for _ in range(MOST_HERE):
        assert await bot.says("42", "CCCC3333") == [WRONG]
    assert await bot.says("42", code) == [WRONG]
    bot.clock.forward(hours=2)
    assert await bot.says("42", await code_for(bot, (await bot.gateway.open()).id)) == ["welcome"]


async def test_guessing_from_many_conversations_is_stopped_too(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "MOST_ANYWHERE", 3)
    code = await code_for(bot, (await bot.gateway.open()).id)
    for stranger in ("1", "2", "3"):
        assert await bot.says(stranger, "CCCC3333") == [WRONG]
    assert await bot.says("42", code) == [WRONG]


async def test_two_at_once_and_only_one_takes_over(bot: Bot) -> None:
    code = await code_for(bot, await web_with_draft(bot))
    said = await asyncio.gather(bot.says("42", code), bot.says("43", code))
    assert sorted(said) == [[WRONG], ["welcome"]]
    async with bot.store.read() as session:
        rows = (await session.scalars(select(Conversation.continued_in))).all()
        assert len([r for r in rows if r]) == 1


async def test_what_is_said_meanwhile_in_the_old_channel_is_not_lost(bot: Bot) -> None:
    web = await web_with_draft(bot)
    code = await code_for(bot, web)
    await asyncio.gather(bot.says(web, "one more thing", "web"), bot.says("42", code))
    assert (await bot.gateway.messages_after(await telegram_id(bot), 0)).awaiting == "contact_name"
    texts = [m.text for m in (await bot.gateway.messages_after(web, 0)).messages]
    assert "echo one more thing" in texts


async def test_what_a_coordinator_does_meanwhile_goes_along(bot: Bot) -> None:
    async def are_stored(number: int) -> bool:
        async with bot.store.read() as session:
            rows = await session.scalars(select(InboxRow.id).where(InboxRow.kind.in_(("claim", "reply"))))
            return len(rows.all()) == number

    web = await web_with_draft(bot)
    code = await code_for(bot, web)
    (handoff,) = await handoffs(bot)
    lien = Coordinator(bot)
    async with bot.gateway._handler.alone_with(web):  # so long no turn is begun
        claim = asyncio.create_task(lien.does("claim", handoff_id=handoff.id))
        await until(partial(are_stored, 1))
        reply = asyncio.create_task(lien.does("reply", handoff_id=handoff.id, text="Can we call?"))
        await until(partial(are_stored, 2))
        assert await bot.says("42", code) == ["welcome"]
    await asyncio.gather(claim, reply)
    here, there = await bot.gateway.messages_after(await telegram_id(bot), 0), await bot.gateway.messages_after(web, 0)
    assert [m.text for m in here.messages][-2:] == ["coordinator_joined(Lien) en", "Can we call?"]
    assert (here.owner, there.owner) == ("coordinator", "assistant")


async def test_the_coordinator_goes_along(bot: Bot, deliver: Deliver) -> None:
    slack = Noting("slack")
    await deliver(bot, slack)
    web = await web_with_draft(bot)
    code = await code_for(bot, web)
    await until(lambda: len(slack.sent) == 2)
    (handoff,) = await handoffs(bot)
    await bot.says("42", code)
    lien = Coordinator(bot)
    await lien.does("claim", handoff_id=handoff.id)
    assert (await bot.gateway.messages_after(await telegram_id(bot), 0)).owner == "coordinator"
    assert (await bot.gateway.messages_after(web, 0)).owner == "assistant"
    await lien.does("reply", thread=("C1", "1700.1"), text="Can we call?")
    assert (await bot.gateway.messages_after(await telegram_id(bot), 0)).messages[-1].text == "Can we call?"


@pytest.mark.parametrize("side", ["here", "there"])
async def test_an_erasure_covers_both(bot: Bot, deliver: Deliver, side: str) -> None:
    slack = Noting("slack")
    await deliver(bot, slack)
    web = await web_with_draft(bot)
    await until(lambda: len(slack.sent) == 2)
    await bot.says("42", await code_for(bot, web))
    await bot.says("42", "my number is 0470 12 34 56")
    if side == "here":
        await bot.says("42", "/delete")
    else:
        await bot.says(web, "/delete", "web")
    async with bot.store.read() as session:
        left = (await session.scalars(select(MessageRow.text))).all()
        assert set(left) <= {"erased"}
        assert (await session.scalars(select(IntakeRow.slots))).all() == [{}]
        assert (await session.scalars(select(HandoffRow.conversation_id))).all() == [None]
        assert not any((await session.scalars(select(Conversation.continued_in))).all())
        assert not (await session.scalars(select(CodeRow.digest))).all()
        erased = (await session.scalars(select(OutboxRow.kind).where(OutboxRow.lane == SLACK))).all()
    assert "erase" in erased


async def test_an_idle_conversation_is_purged_without_the_one_that_goes_on(bot: Bot) -> None:
    web = await web_with_draft(bot)
    await bot.says("42", await code_for(bot, web))
    bot.clock.forward(days=300)
    await bot.says("42", "still here")
    bot.clock.forward(days=100)
    assert await purge(bot.store, bot.turn.kb, bot.signals, 365, bot.clock()) == 1
    here = await bot.gateway.messages_after(await telegram_id(bot), 0)
    assert here.awaiting == "contact_name"
    async with bot.store.read() as session:
        assert (await intakes.show(session, str(here.reference)))["slots"]  # type: ignore[index]


async def test_an_export_has_what_was_said_before_but_not_what_is_said_elsewhere(bot: Bot) -> None:
    web = await web_with_draft(bot)
    await bot.says("42", await code_for(bot, web))
    await bot.says("42", "on my phone now")
    here = json.loads((await bot.gateway.export(await telegram_id(bot))).content)
    there = json.loads((await bot.gateway.export(web)).content)
    assert "gone elsewhere" in str(here)
    assert len(here["intakes"]) == 1
    assert "on my phone now" not in str(there)
    assert not there["intakes"]


async def test_moving_back_and_forth(bot: Bot) -> None:
    web = await web_with_draft(bot)
    await bot.says("42", await code_for(bot, web))
    (back,) = await bot.says("42", "/move")
    assert await bot.says(web, back, "web") == ["welcome"]
    assert (await bot.gateway.messages_after(web, 0)).awaiting == "contact_name"
    async with bot.store.read() as session:
        assert await moving.linked(session, web) == [await telegram_id(bot)]


def test_a_fresh_code_is_read_however_it_is_written() -> None:
    for _ in range(200):
        code = moving.fresh()
        for written in (code, code.lower(), f"{code[:4]}-{code[4:]}", f" {code[:4]} {code[4:]} ", f"/start {code}"):
            assert read_code(written) == code
