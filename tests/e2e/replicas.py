"""Two servers and a worker on one PostgreSQL, and people who do not care which server answers."""

import asyncio
import itertools
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
from websockets.sync.client import ClientConnection, connect

from tests.e2e.product import Json, Product, WebPerson, wait_for
from tests.engines import real_engines

_STARTS = "This process is number "
FETCHING, WATCHING = "fetching Telegram's updates", "watching the others"


class Worker(Product):
    """A process without a web server."""

    starts_with, is_ready = "worker", r"(The worker is ready)"


class Replicas:
    """The processes, all started at once on an empty database."""

    def __init__(self, folder: Path, database_url: str, **settings: str) -> None:
        real_engines()
        self.database_url = database_url
        kinds = {"one": Product, "two": Product, "worker": Worker}
        with ThreadPoolExecutor() as pool:
            starts = [
                pool.submit(kind, folder / name, database_url=database_url, **settings) for name, kind in kinds.items()
            ]
        self.one, self.two, self.worker = (start.result() for start in starts)
        self.all = [self.one, self.two, self.worker]

    def revive(self) -> None:
        """Start those again that earlier tests ended, once a single one is left."""
        dead = [process for process in self.all if not process.lives]
        if len(dead) > 1:
            with ThreadPoolExecutor() as pool:
                list(pool.map(Product.restart, dead))

    def stop(self) -> None:
        for process in self.all:
            process.stop()

    def on_duty(self, duty: str) -> list[Product]:
        """The living processes that have a duty, by what they said last."""
        logs = {process: process.log.rpartition(_STARTS)[2] for process in self.all if process.lives}
        return [
            process for process, log in logs.items() if log.rfind(f"is {duty} now") > log.rfind(f"{duty} stops here")
        ]

    def sender(self) -> Product | None:
        """The process that is sending something to Slack now."""
        numbers = asyncio.run(self._ask("SELECT leased_by FROM outbox WHERE leased_until > now() AND lane = 'slack'"))
        return next((p for p in self.all for (number,) in numbers if f"{_STARTS}{number} on" in p.log), None)

    async def _ask(self, query: str) -> list[Any]:
        connection = await asyncpg.connect(self.database_url)
        try:
            return list(await connection.fetch(query))
        finally:
            await connection.close()


class Roaming(WebPerson):
    """Somebody behind a proxy: each message goes to another server, and again when its answer did not come."""

    def __init__(self, replicas: Replicas) -> None:
        self._servers = itertools.cycle([replicas.one, replicas.two])
        super().__init__(next(self._servers))

    def says(self, text: str) -> Json:
        body = {"text": text, "client_id": str(uuid4())}
        return self._request("POST", self._messages, json=body, headers=self._headers)

    def _request(self, method: str, path: str, **more: Any) -> Json:
        def ask() -> Json | None:
            self._product = next(self._servers)
            try:
                return super(Roaming, self)._request(method, path, **more)
            except httpx.TransportError:
                return None
            except httpx.HTTPStatusError as error:
                if error.response.status_code != 503:
                    raise
                return None

        answer: Json = wait_for(ask, "an answer of any server")
        return answer

    @contextmanager
    def watches(self, server: Product) -> Iterator["Screen"]:
        """Hold a WebSocket to one server."""
        address = f"{server.url.replace('http', 'ws')}{self._messages.removesuffix('messages')}stream"
        with connect(address) as socket:
            token = self._headers["Authorization"].removeprefix("Bearer ")
            socket.send(json.dumps({"token": token, "after": 0}))
            yield Screen(socket)


class Screen:
    """What a WebSocket shows."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    def shows(self, part: str, patience: float = 30.0) -> None:
        """Wait for a frame with these words. A stream looks by itself only after a minute."""
        while part not in str(self._socket.recv(timeout=patience)):
            pass
