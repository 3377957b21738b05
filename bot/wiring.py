"""Putting the parts together: the only place where the bot reaches the connectors."""

import asyncio
import gc
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

import uvicorn
from starlette.routing import BaseRoute

from bot.control import commanded
from bot.delivery import DeliveryWorker
from bot.errors import RequestError, SetupError
from bot.gateway import Assistant
from bot.housekeeping import Housekeeper
from bot.ports import Channel
from bot.rasa import rasa_server
from bot.reloading import Reloader, load_turn
from bot.settings import Settings
from bot.signals import Signals
from bot.store.address import database_url
from bot.store.engine import Store, open_store, reachable
from bot.turn import Turn
from nlu.types import LanguageCode

if TYPE_CHECKING:
    from bot.line import Line


@dataclass(frozen=True, slots=True)
class Parts:
    """A running assistant."""

    store: Store
    assistant: Assistant
    reloader: Reloader
    keeper: Housekeeper
    workers: list[DeliveryWorker]
    routes: list[BaseRoute]

    def look(self) -> None:
        """Look for work at once: an operator may have left some, or mended a channel."""
        self.keeper.look()
        for worker in self.workers:
            worker.retry_now()

    def away(self) -> list[str]:
        """The channels that take nothing now."""
        return [worker.channel for worker in self.workers if worker.is_away]


class _Part(Protocol):
    async def start(self) -> None: ...

    async def stop(self) -> None: ...


@asynccontextmanager
async def running(settings: Settings, *, telegram: bool) -> AsyncIterator[Parts]:
    """The assistant with its workers and channels, until the end of the block.

    Raises SetupError when a setting, a token or the database does not work, KnowledgeError when the data do not.
    """
    store = await open_store(database_url(settings.database_url, settings.data_dir))
    try:
        reloader = await asyncio.to_thread(load_turn, settings)
        turn = reloader.turn
        line = _line(store)
        signals = line or Signals()
        assistant = Assistant(store, turn, signals, partial(_notice, turn))
        keeper = Housekeeper(store, assistant, turn, signals, settings.retention_days)
        channels = _channels(settings, assistant, turn, telegram)
        workers = [DeliveryWorker(store, channel, signals) for channel in channels]
        # The line first, so that its locks outlive what they guard.
        parts: list[_Part] = [signals, *channels, *workers, keeper]
        if line:
            from bot.takeover import Takeover

            parts.append(Takeover(store, line, assistant))
        try:
            await _start(parts)
            routes = [route for channel in channels for route in _routes(channel)]
            yield Parts(store, assistant, reloader, keeper, workers, routes)
        finally:
            # Workers before their channels: what is being sent can still be finished.
            for part in reversed(parts):
                await part.stop()
    finally:
        if rasa := rasa_server(settings):
            await rasa.close()
        await store.close()


def _line(store: Store) -> "Line | None":
    """This process's line to others; SQLite has none, and is spared PostgreSQL's library."""
    if store.is_sqlite:
        return None
    from bot.line import Line

    return Line(store.engine)


async def _start(parts: Sequence[_Part]) -> None:
    try:
        for part in parts:
            await part.start()
    except RequestError as error:
        raise SetupError(f"{error} Check its disk and who else uses it, then start again") from error


def _notice(turn: Turn, key: str, language: LanguageCode, values: Mapping[str, str]) -> str:
    return turn.engines.dialogue.notice(key, language, **values)


def _channels(settings: Settings, assistant: Assistant, turn: Turn, telegram: bool) -> list[Channel]:
    """The channels whose tokens are set. Imported here: their libraries take long to load."""
    channels: list[Channel] = []
    if telegram and settings.telegram_token:
        from connectors.telegram.channel import TelegramChannel

        channels.append(TelegramChannel(settings, assistant))
    if settings.slack_bot_token:
        from connectors.slack.channel import SlackChannel

        channels.append(SlackChannel(settings, assistant, partial(_name, turn)))
    return channels


def _name(turn: Turn, identifier: str, language: LanguageCode) -> str:
    return turn.engines.dialogue.name(identifier, language)


def _routes(channel: Channel) -> list[BaseRoute]:
    routes: list[BaseRoute] = getattr(channel, "routes", list)()
    return routes


class _Server(uvicorn.Server):
    """Stops at a signal without raising it again, so that the channels can be stopped in good order."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


def _tell(line: str) -> None:
    print(line, flush=True)  # noqa: T201


def _settle() -> None:
    """Look for garbage from now on, and no more in what the start has made: all of it stays (see `bot.cli.main`)."""
    gc.freeze()
    gc.enable()


async def serve(settings: Settings) -> None:
    """Run the web server and all channels until SIGINT or SIGTERM."""
    from connectors.web import serving
    from connectors.web.server import build_app

    listening = _listen(settings)
    _tell("Loading the knowledge base and the models…")
    async with running(settings, telegram=True) as parts, commanded(settings, parts.reloader, parts.look):
        _reload_when_hung_up(parts.reloader)

        async def ready() -> dict[str, bool]:
            return {"database": await reachable(parts.store), "understanding": True}

        async def degraded() -> list[str]:
            rasa = rasa_server(settings)
            return [*(["rasa"] if rasa and not await rasa.reachable() else []), *parts.away()]

        app = build_app(parts.assistant, settings, extra_routes=parts.routes, ready=ready, degraded=degraded)
        server = _Server(serving.config(app))
        host, port = listening.getsockname()[:2]
        shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::", "::1") else host  # noqa: S104
        _settle()
        _tell(f"The assistant is ready: http://{shown}:{port}")
        await server.serve(sockets=[listening])


async def work(settings: Settings) -> None:
    """Run all channels without a web server, beside servers on the same PostgreSQL, until SIGINT or SIGTERM.

    Raises SetupError on SQLite.
    """
    if database_url(settings.database_url, settings.data_dir).get_backend_name() == "sqlite":
        raise SetupError(
            "SQLite serves one process, and the server does all that a worker does: start the server alone, "
            "or set I2PCC_DATABASE_URL to a PostgreSQL"
        )
    _tell("Loading the knowledge base and the models…")
    async with running(settings, telegram=True) as parts, commanded(settings, parts.reloader, parts.look):
        _reload_when_hung_up(parts.reloader)
        stopped = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        _settle()
        _tell("The worker is ready.")
        await stopped.wait()


def _reload_when_hung_up(reloader: Reloader) -> None:
    if not sys.stdin.isatty():  # there it means that the terminal was closed
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reloader.hang_up)


def _listen(settings: Settings) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        listening = socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as error:
        raise SetupError(
            f"Cannot listen on {settings.host}:{settings.port} ({error.strerror}): stop the program that uses it, "
            "or set I2PCC_PORT to another port"
        ) from error
    # A response is written in two parts; without this the second waits 40 ms for the client to confirm the first.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


async def chat(settings: Settings) -> None:
    """One conversation in the terminal."""
    from connectors.terminal.chat import Chat

    async with running(settings, telegram=False) as parts:
        await Chat(parts.assistant, _tell, settings.data_dir).run()
