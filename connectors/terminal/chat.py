"""A conversation in a terminal, or from piped lines."""

import asyncio
import locale
import sys
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path
from uuid import uuid4

from bot.errors import RequestError
from bot.ports import Gateway, Incoming, Outgoing, Reply
from knowledge.script import traditional
from knowledge.yaml_files import parse
from nlu.types import LanguageCode

QUIT = ("/quit", "/exit")


@cache
def _texts(language: str) -> dict[str, str]:
    base = "zh" if language.startswith("zh") else language
    text = (files("connectors.terminal") / "texts" / f"{base}.yml").read_text(encoding="utf-8")
    loaded: dict[str, str] = parse(text)
    return {k: traditional(v) for k, v in loaded.items()} if language == "zh-Hant" else loaded


def terminal_language() -> LanguageCode:
    """The language of the person's locale, if it is one of ours, else English."""
    code = (locale.getlocale()[0] or "en").lower()
    if code.startswith(("zh_tw", "zh_hk", "zh_mo")):
        return "zh-Hant"
    if code.startswith("zh"):
        return "zh-Hans"
    return "nl" if code.startswith("nl") else "en"


class Chat:
    """Reads lines until the end of input or /quit and prints the answers."""

    def __init__(self, gateway: Gateway, write: Callable[[str], None], export_dir: Path) -> None:
        self._gateway = gateway
        self._write = write
        self._export_dir = export_dir
        self._address = str(uuid4())
        self._language: LanguageCode = terminal_language()

    async def run(self) -> None:
        """Talk until the person leaves."""
        self._write(_texts(self._language)["welcome"])
        while (line := await asyncio.to_thread(_read)) is not None:
            if line.strip() in QUIT:
                break
            if line.strip():
                await self._turn(line)
        self._write(_texts(self._language)["bye"])

    async def _turn(self, text: str) -> None:
        hint = self._language
        incoming = Incoming("terminal", self._address, str(uuid4()), "text", text=text, language_hint=hint)
        try:
            reply = await self._gateway.answer(await self._gateway.accept(incoming))
        except RequestError:
            self._write(_texts(self._language)["offline"])
            return
        self._language = reply.language
        self._show(reply)
        if text.strip() == "/export":
            await self._export()

    async def _export(self) -> None:
        conversation = await self._gateway.conversation_id("terminal", self._address)
        if conversation is None:
            return
        export = await self._gateway.export(conversation)
        path = self._export_dir / export.filename
        await asyncio.to_thread(path.write_bytes, export.content)
        self._write(_texts(self._language)["exported"].format(path=path))

    def _show(self, reply: Reply) -> None:
        for message in reply.messages:
            self._write("")
            self._write(message.text)
            self._show_sources(message, reply.language)
        if reply.messages:
            for number, button in enumerate(reply.messages[-1].buttons, 1):
                self._write(f"  [{number}] {button['title']}")

    def _show_sources(self, message: Outgoing, language: LanguageCode) -> None:
        if not message.sources:
            return
        titles = {s["key"]: s["title"] for s in self._gateway.sources(language)}
        shown = "; ".join(str(titles.get(k, k)) for k in message.sources)
        self._write("  " + _texts(language)["sources"].format(titles=shown))


def _read() -> str | None:
    if sys.stdin.isatty():
        try:
            return input("\n> ")
        except EOFError:
            return None
    line = sys.stdin.readline()
    return line if line else None
