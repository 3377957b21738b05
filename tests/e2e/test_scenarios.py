"""A sample of the written conversations over each channel: people read there what the assistant says, word for word.

What must hold of the replies is checked in tests/scenarios; here each is held against what the channel shows.
"""

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.ports import Reply
from bot.store.address import database_url
from bot.store.engine import open_store
from tests.e2e.conftest import slack_settings, telegram_settings
from tests.e2e.product import Json, Product, WebPerson, wait_for
from tests.engines import real_engines
from tests.fakes.slack_blocks import block_errors
from tests.fakes.slack_server import FakeSlack
from tests.fakes.telegram_server import TelegramServer
from tests.scenarios.scripts import SCRIPTS, Given, check_intake, content_of, play

SAMPLE = [
    "ask/zh_traditional.yml",
    "correct/nl_by_value.yml",
    "digress/zh_why.yml",
    "form/nl_consortium_by_buttons.yml",
    "form/zh_need.yml",
    "language/en_zh_in_the_form.yml",
    "misses/en_no_reprompt_twice.yml",
    "several/en_long_opening_with_a_wish.yml",
]
ONLY = [
    ("attach/en_five_at_most.yml", "web"),
    ("attach/nl_brochure_bij_het_voorstel.yml", "telegram"),  # with a caption, which the web has not
    ("attach/zh_report_with_the_need.yml", "telegram"),
    ("resume/en_continue_on_telegram.yml", "web"),  # names the channels itself
]
GIVEN = re.compile(r"I2P-[0-9A-Z]{6}|\b[0-9A-Z]{4}-[0-9A-Z]{4}\b|(?<=remove:)\d+")


@dataclass(frozen=True)
class Running:
    """One assistant for all conversations, with the platforms around it."""

    product: Product
    telegram: TelegramServer
    slack: FakeSlack


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with FakeSlack() as slack, TelegramServer() as telegram:
        settings = slack_settings(slack) | telegram_settings(telegram)
        product = Product(tmp_path_factory.mktemp("scenarios"), **settings)
        yield Running(product, telegram, slack)
        product.stop()


class OnTheWeb:
    """A person on the website; sees what the assistant says with all that the contract tells."""

    def __init__(self, running: Running, hint: str | None) -> None:
        self._person = WebPerson(running.product, hint)

    def does(self, turn: Json, expected: Reply) -> str | None:
        """Do what a turn says and hold the answer against the expected one; gives the reference, if any."""
        if "file" in turn:
            reply = self._person.sends(turn["file"], content_of(turn["file"]))
        else:
            reply = self._person.presses(turn["press"]) if "press" in turn else self._person.says(turn["user"])
        assert bare(reply) == bare(expected.as_json())
        return reply["reference"]

    def texts(self) -> list[str]:
        """All that was said."""
        return [m["text"] for m in self._person.receives()]


class OnTelegram:
    """A person in a chat of their own; sees texts and buttons."""

    def __init__(self, running: Running, hint: str | None, chat: int) -> None:
        self._telegram = running.telegram
        self._chat = chat
        self._user = {"language_code": hint or ""}
        self._seen = 0

    def does(self, turn: Json, expected: Reply) -> str | None:
        """Do what a turn says and hold the messages against the expected ones; gives the reference, if any."""
        if "file" in turn:
            content, caption = content_of(turn["file"]), turn.get("user", "")
            self._telegram.send_document(self._chat, turn["file"], content, caption, **self._user)
        elif "press" in turn:
            self._telegram.press(self._chat, self._showing(turn["press"]), turn["press"], **self._user)
        else:
            self._telegram.send_text(self._chat, turn["user"], **self._user)
        shown = self._telegram.wait_for(self._chat, self._seen + len(expected.messages))[self._seen :]
        self._seen += len(shown)
        assert len(shown) == len(expected.messages)
        for message, wanted in zip(shown, expected.messages, strict=True):
            # Below the text stand its sources.
            assert bare(message["text"]).startswith(bare(wanted.text))
            assert [p for p in payloads(message) if not p.startswith("rate:")] == [
                bare(b["payload"]) for b in wanted.buttons
            ]
        found = re.findall(r"I2P-[0-9A-Z]{6}", "\n".join(m["text"] for m in shown))
        return found[0] if expected.reference else None

    def texts(self) -> list[str]:
        """All that was said."""
        return [m["text"] for m in self._telegram.sent(self._chat)]

    def _showing(self, payload: str) -> Json:
        return next(m for m in reversed(self._telegram.sent(self._chat)) if payload in payloads(m, raw=True))


def payloads(message: Json, raw: bool = False) -> list[str]:
    rows = (message["reply_markup"] or {}).get("inline_keyboard", [])
    held = [key["callback_data"] for row in rows for key in row]
    return held if raw else [bare(p) for p in held]


def bare(value: object) -> str:
    """As text, without references, codes and numbers of files, which are new each time."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return GIVEN.sub("…", text)


async def replies(script: Json, channel: str, folder: Path) -> list[Reply]:
    """What the assistant says to each turn, without any channel."""
    store = await open_store(database_url(None, folder))
    try:
        return [reply async for _, reply in play(script, store, channel)]
    finally:
        await store.close()


@pytest.mark.parametrize(("name", "channel"), [*((n, c) for n in SAMPLE for c in ("web", "telegram")), *ONLY])
def test_a_conversation_over_a_channel(name: str, channel: str, running: Running, tmp_path: Path) -> None:
    script, given, people = SCRIPTS[name], Given(), {}
    hint = script.get("hint")
    chat = 5000 + 10 * sorted(SCRIPTS).index(name)
    reference = ""
    for turn, expected in zip(script["turns"], asyncio.run(replies(script, channel, tmp_path)), strict=True):
        where = turn.get("visitor", ""), turn.get("channel", channel)
        if where not in people:
            new = OnTheWeb(running, hint) if where[1] == "web" else OnTelegram(running, hint, chat + len(people))
            people[where] = new
        person = people[where]
        reference = person.does(given.fill(turn), expected) or reference
        given.note(reference, person.texts())
    if wanted := script.get("intake"):
        stored = json.loads(running.product.command("intakes", "show", reference, "--json").stdout)
        check_intake(stored, wanted)
        assert stored["channel"] == channel
        check_card(running.slack, stored)


def check_card(slack: FakeSlack, intake: Json) -> None:
    """The intake stands in Slack: names in English, words as they were written, files in the thread."""
    reference, kb = intake["reference"], real_engines().kb
    card = wait_for(lambda: next((m for m in slack.messages() if reference in str(m["blocks"])), None), "the card")
    assert block_errors(card["blocks"]) == []
    text = json.dumps(card["blocks"], ensure_ascii=False)
    for value in intake["slots"].values():
        for held in value if isinstance(value, list) else [value]:
            if isinstance(held, str) and held not in ("alone", "consortium", "lead", "contribute"):
                shown = kb.name(held, "en") if held in kb else held
                assert json.dumps(shown, ensure_ascii=False)[1:-1] in text
    for file in intake["attachments"]:
        wait_for(lambda name=file["name"]: name in slack.everything(), f"the file {file['name']}")
