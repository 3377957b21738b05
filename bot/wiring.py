"""Putting the parts together: the only place where the bot reaches the connectors."""

import asyncio
import logging
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import typer
import uvicorn
from starlette.routing import BaseRoute
from threadpoolctl import threadpool_limits

from bot.delivery import DeliveryWorker
from bot.errors import SetupError
from bot.gateway import Assistant
from bot.housekeeping import Housekeeper
from bot.ports import Channel
from bot.settings import Settings
from bot.signals import Signals
from bot.store.address import database_url
from bot.store.engine import Store, open_store, reachable
from bot.turn import Turn
from dialogues.engine import Dialogue
from knowledge.base import KnowledgeBase, load
from knowledge.encoder import Encoder
from knowledge.matching import Matcher
from nlu.embedded import EmbeddedInterpreter
from nlu.encoder import load_encoder
from nlu.language import Detector, vocabulary
from nlu.training import load_training
from nlu.types import LanguageCode

log = logging.getLogger(__name__)
COORDINATORS_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Engines:
    """What understands and decides; the same for all conversations."""

    kb: KnowledgeBase
    encoder: Encoder
    turn: Turn
    dialogue: Dialogue


@dataclass(frozen=True, slots=True)
class Parts:
    """A running assistant."""

    store: Store
    assistant: Assistant
    routes: list[BaseRoute]


class _Part(Protocol):
    async def start(self) -> None: ...

    async def stop(self) -> None: ...


def engines(settings: Settings) -> Engines:
    """Load the knowledge base and the models; trains the classifier when its data changed."""
    if settings.nlu != "embedded":
        log.warning("I2PCC_NLU=%s: this release has the embedded engine alone, which answers instead", settings.nlu)
    kb, encoder, examples = load(settings.knowledge_dir), load_encoder(), load_training(settings.training_dir)
    interpreter = EmbeddedInterpreter(kb, encoder, examples, settings.data_dir / "cache")
    # Training gains from several cores; on one text the threads only wait for each other, spinning.
    threadpool_limits(1, "blas")
    dialogue = Dialogue(kb)
    turn = Turn(kb, Detector(_proper_names(kb), vocabulary(examples)), interpreter, dialogue, Matcher(kb, encoder))
    return Engines(kb, encoder, turn, dialogue)


def _proper_names(kb: KnowledgeBase) -> list[str]:
    """Names of places and of the programme: they tell nothing of a text's language."""
    places = [*kb.of_kind("region"), *kb.of_kind("province")]
    return [*kb.programme.values(), *(name for place in places for name in place.names.values())]


@asynccontextmanager
async def running(settings: Settings, *, telegram: bool) -> AsyncIterator[Parts]:
    """The assistant with its workers and channels, until the end of the block.

    Raises SetupError when a setting, a token or the database does not work.
    """
    store = await open_store(database_url(settings.database_url, settings.data_dir))
    try:
        loaded = await asyncio.to_thread(engines, settings)
        signals = Signals()
        notices = partial(_notice, loaded.dialogue)
        assistant = Assistant(store, loaded.turn, signals, notices)
        keeper = Housekeeper(store, assistant, loaded.kb, signals, settings.retention_days)
        channels = _channels(settings, assistant, loaded.kb, telegram)
        workers = [DeliveryWorker(store, channel, signals) for channel in channels]
        parts: list[_Part] = [*channels, *workers, keeper]
        try:
            for part in parts:
                await part.start()
            yield Parts(store, assistant, [route for channel in channels for route in _routes(channel)])
        finally:
            # Workers before their channels: what is being sent can still be finished.
            for part in reversed(parts):
                await part.stop()
    finally:
        await store.close()


def _notice(dialogue: Dialogue, key: str, language: LanguageCode, values: dict[str, str]) -> str:
    return dialogue.notice(key, language, **values)


def _channels(settings: Settings, assistant: Assistant, kb: KnowledgeBase, telegram: bool) -> list[Channel]:
    """The channels whose tokens are set. Imported here: their libraries take long to load."""
    channels: list[Channel] = []
    if telegram and settings.telegram_token:
        from connectors.telegram.channel import TelegramChannel

        channels.append(TelegramChannel(settings, assistant))
    if settings.slack_bot_token:
        from connectors.slack.channel import SlackChannel

        channels.append(SlackChannel(settings, assistant, partial(_name, kb)))
    return channels


def _name(kb: KnowledgeBase, identifier: str) -> str:
    return kb.name(identifier, COORDINATORS_LANGUAGE) if identifier in kb else identifier


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


async def serve(settings: Settings) -> None:
    """Run the web server and all channels until SIGINT or SIGTERM."""
    from connectors.web.server import build_app

    listening = _listen(settings)
    typer.echo("Loading the knowledge base and the models…")
    async with running(settings, telegram=True) as parts:

        async def ready() -> dict[str, bool]:
            return {"database": await reachable(parts.store), "understanding": True}

        app = build_app(parts.assistant, settings, extra_routes=parts.routes, ready=ready)
        server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                timeout_graceful_shutdown=5,
                ws_max_size=64 * 1024,
                # Bounds a request's head at 64 KiB; httptools gathers endless headers, in quadratic time.
                http="h11",
            )
        )
        host, port = listening.getsockname()[:2]
        shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::", "::1") else host  # noqa: S104
        typer.echo(f"The assistant is ready: http://{shown}:{port}")
        await server.serve(sockets=[listening])


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
        await Chat(parts.assistant, typer.echo, settings.data_dir).run()
