"""Conversations written down in this folder: read, played and checked."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml

from bot.errors import RequestError
from bot.gateway import Assistant
from bot.ports import File, Incoming, Json, Reply
from bot.signals import Signals
from bot.store.engine import Store
from bot.turn import Turn
from tests.engines import real_engines
from tests.files import EXECUTABLE, JPEG, PDF, PNG, docx

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.rglob("*.yml"))
SCRIPTS: dict[str, Json] = {
    str(path.relative_to(FOLDER)): yaml.safe_load(path.read_text(encoding="utf-8")) for path in FILES
}
CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")
CHECKS = {"kind", "topic", "sources", "text", "not_text", "language", "awaiting", "buttons", "reference", "messages"}
DOES = {"user", "press", "sends", "file", "visitor", "channel", "hours_later"}
CONTENTS = {
    ".pdf": PDF,
    ".png": PNG,
    ".jpg": JPEG,
    ".docx": docx(),
    ".docm": docx("word/vbaProject.bin"),
    ".exe": EXECUTABLE,
}
"""What a file of a scenario holds, by the ending of its name."""


class Clock:
    """The clock of the wall, put forward by what a scenario lets pass."""

    def __init__(self) -> None:
        self.passed = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.passed


async def play(script: Json, store: Store, channel: str = "web") -> AsyncIterator[tuple[Json, Reply]]:
    """Each turn, with what stands in braces filled in, and its reply. `channel` is where no other one is named."""
    clock, loaded = Clock(), real_engines()
    assistant = Assistant(
        store, Turn(loaded, clock), Signals(), lambda key, lang, values: loaded.dialogue.notice(key, lang, **values)
    )
    addresses: dict[tuple[str, str], str] = {}
    given = Given()
    for turn in script["turns"]:
        where = turn.get("visitor", ""), turn.get("channel", script.get("channel", channel))
        if where not in addresses:
            web = (await assistant.open(script.get("hint"))).id if where[1] == "web" else ""
            addresses[where] = web or str(uuid4())
        turn = given.fill(turn)
        clock.passed += timedelta(hours=turn.get("hours_later", 0))
        update = replace(incoming(turn, where[1], addresses[where]), language_hint=script.get("hint"))
        reply = await assistant.answer(await accepted(assistant, update))
        given.note(reply.reference, (m.text for m in reply.messages))
        yield turn, reply


class Given:
    """The reference and the code that were given last."""

    def __init__(self) -> None:
        self.reference = self.code = ""

    def note(self, reference: str | None, texts: Any) -> None:
        """Remember what a reply gave."""
        self.reference = reference or self.reference
        self.code = next((found[0] for text in texts if (found := CODE.search(text))), self.code)

    def fill(self, value: Any) -> Any:
        """The same with {reference} and {code} put in."""
        if isinstance(value, str):
            return value.replace("{reference}", self.reference).replace("{code}", self.code)
        if isinstance(value, list):
            return [self.fill(v) for v in value]
        return {k: self.fill(v) for k, v in value.items()} if isinstance(value, dict) else value


def content_of(name: str) -> bytes:
    """The bytes of a scenario's file."""
    return CONTENTS[Path(name).suffix]


def incoming(turn: Json, channel: str, address: str) -> Incoming:
    """A turn as a connector brings it."""
    new = Incoming(channel, address, str(uuid4()), "text", text=str(turn.get("user", "")))
    if "file" in turn:
        return replace(new, kind="attachment", file=File(turn["file"], content_of(turn["file"])))
    if "press" in turn:
        return replace(new, kind="payload", payload=turn["press"])
    return replace(new, kind="unsupported", detail=turn["sends"]) if "sends" in turn else new


async def accepted(assistant: Assistant, update: Incoming) -> int:
    """The update in the inbox; of a file that is not taken only why, as Telegram's connector does it."""
    try:
        return await assistant.accept(update)
    except RequestError as exc:
        if update.file is None:
            raise
        return await assistant.accept(replace(update, kind="unsupported", detail=exc.code, file=None))


def check(turn: Json, reply: Reply, where: str) -> None:
    """Hold a reply against what its turn says of it."""
    unknown = turn.keys() - CHECKS - DOES
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


def check_intake(intake: Json, wanted: Json) -> None:
    """Hold a stored intake, as `intakes show --json` gives it, against the end of a script."""
    unknown = wanted.keys() - {"slots", "status", "history", "region", "files"}
    assert not unknown, f"unknown check {unknown}"
    for name, value in wanted.get("slots", {}).items():
        assert intake["slots"].get(name) == value, name
    if status := wanted.get("status"):
        assert intake["status"] == status
    if history := wanted.get("history"):
        assert [e["event"] for e in intake["history"]] == history
    if region := wanted.get("region"):
        assert intake["match"]["regions"][0]["region"] == region
    if files := wanted.get("files"):
        assert [f["name"] for f in intake["attachments"]] == files
