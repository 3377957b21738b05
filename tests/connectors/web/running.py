"""The web server on a real socket, in a thread of its own."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import uvicorn

from bot.settings import Settings
from connectors.web import serving
from connectors.web.server import build_app
from tests.connectors.web.fake_gateway import FakeGateway

DEADLINE = 60.0


class RunningServer:
    """Serves a gateway; may be stopped and started again on the same port."""

    def __init__(self, gateway: FakeGateway, **settings: Any) -> None:
        self.gateway = gateway
        self.settings = Settings(**settings)
        self.parts = {"database": True, "interpreter": True}
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stream_url(self, conversation: str) -> str:
        return f"ws://127.0.0.1:{self.port}/api/conversations/{conversation}/stream"

    def start(self) -> "RunningServer":
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        app = build_app(self.gateway, self.settings, ready=self._ready)
        config = serving.config(app)
        config.timeout_graceful_shutdown = 1
        self.server = uvicorn.Server(config)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._serve, args=(listener,), daemon=True)
        self.thread.start()
        wait_until(lambda: self.server.started)
        return self

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(DEADLINE)
        assert not self.thread.is_alive()

    def call(self, function: Callable[..., Any], *args: Any) -> None:
        """Run a function in the server's loop and wait for it."""

        async def run() -> None:
            function(*args)

        asyncio.run_coroutine_threadsafe(run(), self.loop).result(DEADLINE)

    def _serve(self, listener: socket.socket) -> None:
        with asyncio.Runner(loop_factory=lambda: self.loop) as runner:
            runner.run(self.server.serve(sockets=[listener]))

    async def _ready(self) -> dict[str, bool]:
        return self.parts


def wait_until(condition: Callable[[], object], deadline: float = DEADLINE) -> None:
    """Wait for a condition; fail after `deadline` seconds."""
    end = time.monotonic() + deadline
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
