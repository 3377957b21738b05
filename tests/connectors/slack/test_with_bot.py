"""The connector with the real bot: store, turn, outbox and delivery, against the fake Slack."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.delivery import DeliveryWorker
from bot.ports import File, Incoming
from bot.store.address import database_url
from bot.store.engine import open_store
from connectors.slack.channel import SlackChannel
from tests.bot.parts import EMAIL, Bot
from tests.connectors.slack.conftest import make_settings, name_of, until
from tests.fakes.slack_server import FakeSlack, Json
from tests.files import PDF


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
async def bot(tmp_path: Path, slack: FakeSlack) -> AsyncIterator[Bot]:
    store = await open_store(database_url(None, tmp_path))
    assistant = Bot(store, clock=now)  # type: ignore[arg-type]
    channel = SlackChannel(make_settings(slack), assistant.gateway, name_of)
    worker = DeliveryWorker(store, channel, assistant.signals, now)
    await channel.start()
    await worker.start()
    yield assistant
    await channel.stop()
    await worker.stop()
    await store.close()


async def card_of(slack: FakeSlack) -> Json:
    await until(lambda: bool(slack.messages()) and bool(slack.thread(slack.CHANNEL, slack.messages()[0]["ts"])))
    [card] = slack.messages()
    return card


async def test_an_intake_is_claimed_talked_about_and_handed_back(bot: Bot, slack: FakeSlack) -> None:
    conversation = (await bot.gateway.open()).id

    async def says(text: str) -> None:
        await bot.says(conversation, text, "web")

    await says("/submit")
    card = await card_of(slack)
    claim = slack.press("claim", card)
    await until(lambda: "Claimed by Anna" in str(slack.messages()[0]["blocks"]))
    reply = slack.reply(slack.CHANNEL, card["ts"], "Tell us <https://x.example|more>")
    again = slack.resend(reply)
    await until(lambda: all(envelope.acked.is_set() for envelope in (claim, reply, again)))
    said = [message.text for message in (await bot.gateway.messages_after(conversation, 0)).messages]
    assert said.count("Tell us more (https://x.example)") == 1
    await says("with pleasure")
    await until(lambda: "*Person*\nwith pleasure" in str(slack.thread(slack.CHANNEL, card["ts"])[-1]["text"]))
    slack.press("release", slack.messages()[0], user="U0BERT")
    await until(lambda: "Claimed by" not in str(slack.messages()[0]["blocks"]))
    assert (await bot.gateway.messages_after(conversation, 0)).owner == "assistant"


async def test_a_lost_answer_of_slack_gives_one_card(bot: Bot, slack: FakeSlack) -> None:
    slack.fail_next("chat.postMessage", lost=True)
    await bot.says("17", "/submit")
    await card_of(slack)
    assert slack.count("conversations.history") == 2
    assert len(slack.messages()) == 1


async def test_erasure_reaches_slack(bot: Bot, slack: FakeSlack) -> None:
    await bot.says("17", "/submit")
    await card_of(slack)
    assert EMAIL in slack.everything()
    await bot.says("17", "/delete")
    await until(lambda: EMAIL not in slack.everything())
    assert slack.messages() == []


METHODS = ("chat.postMessage", "chat.update", "files.completeUploadExternal", "chat.delete", "files.delete")


async def test_whichever_answer_is_lost_everything_stands_in_slack_once(bot: Bot, slack: FakeSlack) -> None:
    """Each kind of delivery, with the answer to its first call lost after Slack had carried it out."""
    for method in METHODS:
        slack.fail_next(method, lost=True)
    conversation = (await bot.gateway.open()).id
    await bot.says(conversation, "/submit", "web")
    card = await card_of(slack)
    slack.fail_next("chat.postMessage", lost=True)
    slack.press("claim", card)
    await until(lambda: "Claimed by Anna" in str(slack.messages()[0]["blocks"]))
    file = Incoming("web", conversation, "f1", "attachment", file=File("plan.pdf", PDF))
    await bot.gateway.answer(await bot.gateway.accept(file))
    await bot.says(conversation, "with pleasure", "web")

    def told() -> list[Json]:
        return slack.thread(slack.CHANNEL, card["ts"])

    await until(lambda: "with pleasure" in str(told()))
    assert len(slack.messages()) == 1
    assert sum("with pleasure" in reply["text"] for reply in told()) == 1
    assert sum(bool(reply.get("files")) for reply in told()) == 1
    await bot.says(conversation, "/delete", "web")
    await until(lambda: not slack.messages() and not told())
    assert "plan.pdf" not in slack.everything()
