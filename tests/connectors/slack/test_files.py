"""Files of people in the threads of their intakes: once, and gone when erased."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from bot.ports import Delivery, File, Incoming, Retry
from bot.store.models import OutboxRow
from connectors.slack.channel import SlackChannel
from tests.bot.parts import Bot
from tests.bot.test_attachments import Keeping
from tests.connectors.slack.bodies import card
from tests.connectors.slack.conftest import until
from tests.connectors.slack.test_with_bot import bot, card_of  # noqa: F401
from tests.fakes.slack_server import FakeSlack
from tests.files import PDF

TRACE = "%PDF-1.4"


async def thread_of(channel: SlackChannel) -> tuple[str, str]:
    sent = await channel.send(card())
    assert sent.thread
    return sent.thread


def a_file(thread: tuple[str, str], **more: Any) -> Delivery:
    body = {"attachment": 7, "name": "Brochure.pdf", "size": len(PDF)}
    return Delivery("f1", "slack", "file", "", body, thread=thread, content=PDF, **more)


async def test_a_file_stands_in_the_thread(channel: SlackChannel, slack: FakeSlack) -> None:
    thread = await thread_of(channel)
    sent = await channel.send(a_file(thread))
    [message] = slack.thread(*thread)
    assert sent.external == {"files": [message["files"][0]["id"]]}
    assert (message["files"][0]["name"], message["files"][0]["size"]) == ("Brochure.pdf", len(PDF))
    assert TRACE in slack.everything()


@pytest.mark.parametrize("step", ["files.getUploadURLExternal", "upload"])
async def test_what_fails_before_sharing_is_tried_again(channel: SlackChannel, slack: FakeSlack, step: str) -> None:
    thread = await thread_of(channel)
    slack.fail_next(step, status=503)
    with pytest.raises(Retry):
        await channel.send(a_file(thread))
    await channel.send(a_file(thread, uncertain=True))
    assert len(slack.thread(*thread)) == 1


async def test_a_lost_answer_gives_one_file(channel: SlackChannel, slack: FakeSlack) -> None:
    thread = await thread_of(channel)
    slack.fail_next("files.completeUploadExternal", lost=True)
    with pytest.raises(Retry) as caught:
        await channel.send(a_file(thread))
    assert caught.value.uncertain
    sent = await channel.send(a_file(thread, uncertain=True))
    [message] = slack.thread(*thread)
    assert sent.external == {"files": [message["files"][0]["id"]]}


@pytest.mark.parametrize(("fault", "attempts"), [({"status": 500}, 3), ({"lost": True}, 2)])
async def test_two_files_that_look_alike_both_arrive(
    bot: Bot,  # noqa: F811
    slack: FakeSlack,
    fault: dict[str, Any],
    attempts: int,
) -> None:
    bot.turn.engines = replace(bot.turn.engines, dialogue=Keeping())
    for number, content in enumerate((PDF + b"draft 1", PDF + b"draft 2")):
        sent = Incoming("telegram", "17", f"f{number}", "attachment", file=File("Plan.pdf", content))
        await bot.gateway.answer(await bot.gateway.accept(sent))
    slack.fail_next("files.completeUploadExternal", skip=1, **fault)
    await bot.says("17", "/submit")
    card = await card_of(slack)
    files = lambda: [m["files"][0]["id"] for m in slack.thread(slack.CHANNEL, card["ts"]) if "files" in m]  # noqa: E731
    await until(lambda: len(files()) == 2)
    async with bot.store.read() as session:
        rows = select(OutboxRow.external).where(OutboxRow.kind == "file").order_by(OutboxRow.position)
        while None in (told := (await session.scalars(rows)).all()):
            await asyncio.sleep(0.05)
            await session.rollback()
    assert [external["files"] for external in told] == [[id_] for id_ in files()]
    assert slack.count("files.completeUploadExternal") == attempts
    assert "draft 1" in slack.everything()
    assert "draft 2" in slack.everything()


@pytest.mark.parametrize("known", [True, False])
async def test_erasing_takes_files_back(channel: SlackChannel, slack: FakeSlack, known: bool) -> None:
    thread = await thread_of(channel)
    sent = await channel.send(a_file(thread))
    messages = [{"channel": thread[0], "ts": thread[1]}]
    told = {"files": sent.external["files"], "uncertain": []} if known else {"files": [], "uncertain": ["f1"]}
    for _ in range(2):
        await channel.send(Delivery("e1", "slack", "erase", "", {"messages": messages, **told}))
    assert TRACE not in slack.everything()
    assert slack.messages() == []


async def test_from_the_person_to_the_thread_and_out_again(bot: Bot, slack: FakeSlack) -> None:  # noqa: F811
    bot.turn.engines = replace(bot.turn.engines, dialogue=Keeping())
    sent = Incoming("telegram", "17", "f1", "attachment", file=File("Brochure.pdf", PDF))
    await bot.gateway.answer(await bot.gateway.accept(sent))
    await bot.says("17", "/submit")
    card = await card_of(slack)
    await until(lambda: "files" in slack.thread(slack.CHANNEL, card["ts"])[-1])
    slack.press("claim", card)
    await until(lambda: "Claimed by Anna" in str(slack.messages()[0]["blocks"]))
    later = Incoming("telegram", "17", "f2", "attachment", file=File("Plan.pdf", PDF))
    await bot.gateway.answer(await bot.gateway.accept(later))
    await until(lambda: "Plan.pdf" in str(slack.thread(slack.CHANNEL, card["ts"])[-1].get("files")))
    await bot.says("17", "/delete")
    await until(lambda: "Brochure" not in slack.everything() and "Plan.pdf" not in slack.everything())
    assert TRACE not in slack.everything()
