"""A message that cannot be handled: put aside, told of, and in nobody's way."""

import pytest
from sqlalchemy import select, update

from bot.errors import RequestError
from bot.ports import Coordination
from bot.setting_aside import MAX_ATTEMPTS
from bot.store.models import HandoffRow, InboxRow, OutboxRow
from tests.bot.channels import Noting, until
from tests.bot.conftest import Deliver
from tests.bot.parts import EMAIL, Bot

TOLD = "set_aside() en"


async def poison(bot: Bot, address: str = "42", channel: str = "telegram") -> int:
    bot.dialogue.poison = f"poison of {EMAIL}"
    return await bot.gateway.accept(bot.text(address, bot.dialogue.poison, channel))


async def alerts(bot: Bot) -> list[OutboxRow]:
    async with bot.store.read() as session:
        return list((await session.scalars(select(OutboxRow).where(OutboxRow.kind == "alert"))).all())


async def test_those_behind_it_are_handled_and_its_person_is_told(bot: Bot) -> None:
    row = await poison(bot)
    for _ in range(MAX_ATTEMPTS):
        await bot.gateway.handle_open()
    assert await bot.says("42", "still there?") == ["echo still there?"]
    reply = await bot.gateway.answer(row)
    assert [(m.seq, m.kind, m.text) for m in reply.messages] == [(1, "notice", TOLD)]
    async with bot.store.read() as session:
        lane = select(OutboxRow).where(OutboxRow.lane == "telegram").order_by(OutboxRow.position)
        texts = [r.body["text"] for r in (await session.scalars(lane)).all()]
    assert texts == [TOLD, "echo still there?"]


async def test_whoever_writes_next_is_answered_once_it_is_out_of_the_way(bot: Bot) -> None:
    """Each message behind it is another attempt, and the last attempt ends with its answer."""
    await poison(bot)
    for _ in range(MAX_ATTEMPTS - 1):
        with pytest.raises(RequestError):
            await bot.says("42", "hello?")
    replies = await bot.says("42", "hello?")
    assert replies == ["echo hello?"]


async def test_on_the_web_the_same_request_gets_the_notice_in_the_end(bot: Bot) -> None:
    opened = await bot.gateway.open("nl")
    row = await poison(bot, opened.id, "web")
    for _ in range(MAX_ATTEMPTS - 1):
        with pytest.raises(RequestError):
            await bot.gateway.answer(row)
    reply = await bot.gateway.answer(row)
    assert [m.text for m in reply.messages] == ["set_aside() nl"]
    assert await bot.gateway.answer(row) == reply


async def test_it_is_told_in_the_log_and_in_slack_without_what_it_says(
    bot: Bot, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    slack = Noting("slack")
    await deliver(bot, slack)
    row = await poison(bot)
    for _ in range(MAX_ATTEMPTS):
        await bot.gateway.handle_open()
    await until(lambda: slack.sent, 60)
    (alert,) = slack.sent
    assert (alert.kind, alert.body["event"], alert.body["row"], alert.body["kind"]) == (
        "alert",
        "set_aside",
        f"in-{row}",
        "text",
    )
    (line,) = [r.getMessage() for r in caplog.records if "is set aside" in r.getMessage()]
    assert f"`deliveries replay in-{row}`" in line
    assert EMAIL not in caplog.text + str(alert.body)


async def test_what_its_process_dies_of_is_put_aside_as_well(bot: Bot) -> None:
    row = await bot.gateway.accept(bot.text("42", "kills"))
    bot.dialogue.deadly = "kills"
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(KeyboardInterrupt):  # like SIGKILL, it lets no handler write anything down
            await bot.gateway.handle_open()
    await bot.gateway.handle_open()
    assert [m.text for m in (await bot.gateway.answer(row)).messages] == [TOLD]
    assert await bot.says("42", "alive?") == ["echo alive?"]


async def test_a_database_that_is_away_is_not_the_messages_fault(bot: Bot) -> None:
    row = await bot.gateway.accept(bot.text("42", "hello"))
    bot.dialogue.away = MAX_ATTEMPTS + 3
    for _ in range(MAX_ATTEMPTS + 3):
        await bot.gateway.handle_open()
    await bot.gateway.handle_open()
    assert [m.text for m in (await bot.gateway.answer(row)).messages] == ["echo hello"]


async def test_a_coordinators_doing_is_told_in_its_thread_and_not_to_the_person(bot: Bot, deliver: Deliver) -> None:
    slack = Noting("slack")
    await deliver(bot, slack)
    await bot.says("42", "/submit")
    await until(lambda: slack.kinds() == ["card", "transcript"], 60)
    async with bot.store.read() as session:
        handoff = (await session.scalars(select(HandoffRow))).one()
    await bot.gateway.coordinate(Coordination("slack", "E1", "claim", "U1", "Anna", handoff_id=handoff.id))
    async with bot.store.write() as session:
        session.add(
            InboxRow(
                channel="slack",
                external_id="E2",
                conversation_id=handoff.conversation_id,
                kind="reply",
                body={"handoff_id": handoff.id, "actor_name": "Anna"},  # no text: it breaks
                received_at=bot.clock(),
            )
        )
    for _ in range(MAX_ATTEMPTS):
        await bot.gateway.handle_open()
    await until(lambda: "alert" in slack.kinds(), 60)
    alert = slack.sent[-1]
    assert (alert.body["event"], alert.body["kind"], alert.thread) == ("not_done", "reply", ("C1", "1700.1"))
    async with bot.store.read() as session:
        said = await session.scalars(select(OutboxRow.id).where(OutboxRow.lane == "telegram"))
        assert len(said.all()) == 2  # the reference and that Anna joined


async def test_an_old_alert_is_no_news(bot: Bot, deliver: Deliver) -> None:
    await poison(bot)
    for _ in range(MAX_ATTEMPTS):
        await bot.gateway.handle_open()
    bot.clock.forward(days=2)
    await bot.says("42", "/submit")
    slack = Noting("slack")
    await deliver(bot, slack)  # connected for the first time
    await until(lambda: slack.kinds() == ["card", "transcript"], 60)
    assert [row.status for row in await alerts(bot)] == ["cancelled"]


async def test_an_erasure_takes_it_along(bot: Bot) -> None:
    await poison(bot)
    for _ in range(MAX_ATTEMPTS):
        await bot.gateway.handle_open()
    await bot.says("42", "/delete")
    async with bot.store.read() as session:
        rows = (await session.scalars(select(InboxRow).order_by(InboxRow.id))).all()
    assert rows[0].body == {}
    assert rows[0].handled_at


async def test_a_replayed_one_is_handled_and_answered(bot: Bot) -> None:
    row = await poison(bot)
    for _ in range(MAX_ATTEMPTS):
        await bot.gateway.handle_open()
    bot.dialogue.poison = None  # mended
    async with bot.store.write() as session:
        await session.execute(update(InboxRow).values(set_aside_at=None, attempts=0))
    await bot.gateway.handle_open()
    reply = await bot.gateway.answer(row)
    assert [m.text for m in reply.messages] == [TOLD, f"echo poison of {EMAIL}"]
