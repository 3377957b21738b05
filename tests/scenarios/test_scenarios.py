"""Runs the conversations written down in this folder."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml

from bot import intakes
from bot.gateway import Assistant
from bot.ports import Incoming, Reply
from bot.signals import Signals
from bot.store.address import database_url
from bot.store.engine import Store, open_store
from bot.turn import Turn
from tests.engines import real_engines

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.rglob("*.yml"))
SCRIPTS = {path: yaml.safe_load(path.read_text(encoding="utf-8")) for path in FILES}
CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")
CHECKS = {"kind", "topic", "sources", "text", "not_text", "language", "awaiting", "buttons", "reference", "messages"}


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(database_url(None, tmp_path))
    yield store
    await store.close()


class Clock:
    """The clock of the wall, put forward by what a scenario lets pass."""

    def __init__(self) -> None:
        self.passed = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.passed


def assistant_on(store: Store, clock: Clock) -> Assistant:
    loaded = real_engines()
    return Assistant(
        store, Turn(loaded, clock), Signals(), lambda key, lang, values: loaded.dialogue.notice(key, lang, **values)
    )


@pytest.mark.parametrize("path", FILES, ids=[str(f.relative_to(FOLDER)) for f in FILES])
async def test_scenario(path: Path, sqlite: Store) -> None:
    script = SCRIPTS[path]
    clock = Clock()
    assistant = assistant_on(sqlite, clock)
    addresses: dict[tuple[str, str], str] = {}
    reply: Reply | None = None
    reference = code = ""
    for number, turn in enumerate(script["turns"], 1):
        name, channel = turn.get("visitor", ""), turn.get("channel", script.get("channel", "web"))
        if (name, channel) not in addresses:
            web = (await assistant.open(script.get("hint"))).id if channel == "web" else ""
            addresses[name, channel] = web or str(uuid4())
        turn = filled(turn, reference=reference, code=code)
        clock.passed += timedelta(hours=turn.get("hours_later", 0))
        reply = await assistant.answer(await assistant.accept(incoming(channel, addresses[name, channel], turn)))
        reference = reply.reference or reference
        code = next((found[0] for m in reply.messages if (found := CODE.search(m.text))), code)
        check(turn, reply, f"turn {number}: {turn.get('user', turn.get('press'))}")
    if "intake" in script:
        assert reply is not None
        await check_intake(sqlite, reference, script["intake"])


def filled(value: Any, **given: str) -> Any:
    """The same with the reference and the code that were given put in."""
    if isinstance(value, str):
        return re.sub(r"\{(reference|code)\}", lambda found: given[found[1]], value)
    if isinstance(value, list):
        return [filled(v, **given) for v in value]
    return {k: filled(v, **given) for k, v in value.items()} if isinstance(value, dict) else value


def incoming(channel: str, address: str, turn: dict[str, Any]) -> Incoming:
    if "press" in turn:
        return Incoming(channel, address, str(uuid4()), "payload", payload=turn["press"])
    if "sends" in turn:
        return Incoming(channel, address, str(uuid4()), "unsupported", detail=turn["sends"])
    return Incoming(channel, address, str(uuid4()), "text", text=str(turn["user"]))


def check(turn: dict[str, Any], reply: Reply, where: str) -> None:
    unknown = turn.keys() - CHECKS - {"user", "press", "sends", "visitor", "channel", "hours_later"}
    assert not unknown, f"{where}: unknown check {unknown}"
    said = reply.messages
    shown = "\n".join(f"[{m.kind}] {m.text} {m.topics}" for m in said)
    context = f"{where}\n{shown}\nawaiting {reply.awaiting}"
    if kind := turn.get("kind"):
        said = tuple(m for m in said if m.kind == kind)
        assert said, context
    if topic := turn.get("topic"):
        said = tuple(m for m in said if m.topics and m.topics[0] == topic)
        assert said, context
    if sources := turn.get("sources"):
        assert any(set(sources) <= set(m.sources) for m in said), context
    if text := turn.get("text"):
        assert any(re.search(text, m.text) for m in said), context
    if text := turn.get("not_text"):
        assert not any(re.search(text, m.text) for m in reply.messages), context
    if "awaiting" in turn:
        assert reply.awaiting == turn["awaiting"], context
    if language := turn.get("language"):
        assert reply.language == language, context
    if buttons := turn.get("buttons"):
        payloads = {b["payload"] for m in said for b in m.buttons}
        assert set(buttons) <= payloads, f"{context}\n{payloads}"
    if "reference" in turn:
        assert bool(reply.reference) is turn["reference"], context
    if count := turn.get("messages"):
        assert len(reply.messages) == count, context


async def check_intake(store: Store, reference: str, wanted: dict[str, Any]) -> None:
    assert reference, "the conversation ended without a reference"
    async with store.read() as session:
        intake = await intakes.show(session, reference)
    assert intake is not None
    for name, value in wanted.get("slots", {}).items():
        assert intake["slots"].get(name) == value, name
    if status := wanted.get("status"):
        assert intake["status"] == status
    if history := wanted.get("history"):
        assert [e["event"] for e in intake["history"]] == history
    if region := wanted.get("region"):
        assert intake["match"]["regions"][0]["region"] == region
