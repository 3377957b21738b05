"""The WebSocket of a person on the web, which breaks now and then and goes on where it ended."""

import asyncio
import json
from contextlib import suppress
from random import Random

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.chaos.history import Json, Seen
from tests.chaos.stage import Stage


class Stream:
    """Listens until closed, and writes down what each WebSocket brought."""

    def __init__(self, stage: Stage, random: Random, seen: Seen, token: str) -> None:
        self._stage = stage
        self._random = random
        self._seen = seen
        self._token = token
        self.cursor = 0
        self._task = asyncio.create_task(self._listen())

    async def close(self) -> None:
        """Stop listening. May be called twice."""
        self._task.cancel()
        (end,) = await asyncio.gather(self._task, return_exceptions=True)
        if not isinstance(end, asyncio.CancelledError):
            self._stage.problems.append(f"the client of the stream broke: {end!r}")

    async def _listen(self) -> None:
        while True:
            with suppress(OSError, TimeoutError, WebSocketException):
                await self._one_line()
            await asyncio.sleep(0.2)

    async def _one_line(self) -> None:
        address = self._stage.url.replace("http", "ws", 1)
        url = f"{address}/api/conversations/{self._seen.address}/stream"
        async with connect(url, proxy=None, open_timeout=60, close_timeout=1) as socket:
            frames: list[Json] = []
            self._seen.streams.append(frames)
            await socket.send(json.dumps({"token": self._token, "after": self.cursor}))
            try:
                async with asyncio.timeout(self._random.uniform(0.3, 15)):
                    async for text in socket:
                        self._take(json.loads(text), frames)
            finally:
                socket.transport.abort()
                self._stage.figures["web: WebSockets dropped"] += 1

    def _take(self, frame: Json, frames: list[Json]) -> None:
        if error := frame.get("error"):
            if error["code"] != "store_unavailable":
                self._stage.problems.append(f"the stream answered {error}")
            return
        frames += frame["messages"]
        self.cursor = max([self.cursor, *(m["seq"] for m in frame["messages"])])
