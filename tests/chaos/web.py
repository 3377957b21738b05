"""A person on the web, whose client sends again like the widget: the same client_id until an answer comes."""

import asyncio
import json
from contextlib import suppress
from random import Random
from typing import Any

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.chaos.history import Json, Seen
from tests.chaos.stage import Stage

_ODD = 0.08
"""How often something odd happens to a request, of each kind."""


class WebPerson:
    """Speaks over HTTP and listens on a WebSocket that breaks now and then."""

    def __init__(self, stage: Stage, random: Random, client: httpx.AsyncClient) -> None:
        self._stage = stage
        self._random = random
        self._client = client
        self._bodies: list[Json] = []
        self._token = ""
        self._cursor = 0
        self._stream: asyncio.Task[None] | None = None
        self.seen = Seen("web", "")

    async def open(self, language: str) -> None:
        """Start a conversation and listen to it."""
        opened = await self._request("POST", "/api/conversations", json={"language": language})
        self.seen.address, self._token = opened["id"], opened["token"]
        self._stage.seen.append(self.seen)
        self._stream = asyncio.create_task(self._listen())

    async def says(self, text: str, awaiting: str | None = None) -> Json:
        """Type a line and read the answer, which has to await `awaiting`."""
        body = {"text": text, "client_id": f"{self._random.getrandbits(64):x}"}
        self.seen.typed.append(text)
        self._bodies.append(body)
        if self._random.random() < _ODD:
            self._stage.figures["web: sent twice at once"] += 1
            await asyncio.gather(self._send(body), self._send(body))
        reply = await self._send(body) if body["client_id"] not in self.seen.answers else self._answer(body)
        self._stage.step("turns on the web")
        if self._random.random() < _ODD:
            self._stage.figures["web: an old message sent again"] += 1
            await self._send(self._random.choice(self._bodies))
        if reply["awaiting"] != awaiting:
            raise AssertionError(f"after “{text}” the web awaits {reply['awaiting']}, not {awaiting}")
        self.seen.reference = reply["reference"] or self.seen.reference
        return reply

    async def tells(self, line: str) -> None:
        """Type a line that a coordinator reads."""
        await self.says(line)

    def sees(self, text: str) -> bool:
        """Whether the stream brought a text."""
        return any(text in message["text"] for frames in self.seen.streams for message in frames)

    async def leave(self) -> None:
        """Wait for all that was said, and go."""
        messages = (await self._request("GET", self._messages))["messages"]
        last = max(message["seq"] for message in messages)
        try:
            await self._stage.eventually(lambda: self._cursor >= last, f"message {last} on the WebSocket")
        finally:
            await self.close()

    async def close(self) -> None:
        """Stop listening. May be called twice."""
        if self._stream:
            self._stream.cancel()
            await asyncio.gather(self._stream, return_exceptions=True)

    @property
    def _messages(self) -> str:
        return f"/api/conversations/{self.seen.address}/messages"

    def _answer(self, body: Json) -> Json:
        return self.seen.answers[body["client_id"]][0]

    async def _send(self, body: Json) -> Json:
        reply = await self._request("POST", self._messages, json=body)
        self.seen.answers.setdefault(body["client_id"], []).append(reply)
        return reply

    async def _request(self, method: str, path: str, **more: Any) -> Json:
        impatient = self._random.random() < _ODD
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        while not self._stage.out_of_patience():
            limit, impatient = (self._random.uniform(0, 0.1) if impatient else 60.0), False
            try:
                async with asyncio.timeout(limit):
                    address = self._stage.product.url + path
                    answer = await self._client.request(method, address, headers=headers, **more)
            except (TimeoutError, httpx.HTTPError) as error:
                if not isinstance(error, httpx.ConnectError):
                    self._stage.figures["web: answer lost"] += 1
                await asyncio.sleep(0.2)
                continue
            if answer.status_code == 200:
                reply: Json = answer.json()
                return reply
            self._stage.figures[f"web: answered {answer.status_code}"] += 1
            if answer.status_code != 503:
                self._stage.problems.append(f"{method} answered {answer.status_code}: {answer.text}")
            await asyncio.sleep(0.5)
        raise TimeoutError(f"stuck: no answer to {method} {path}")

    async def _listen(self) -> None:
        while True:
            with suppress(OSError, TimeoutError, WebSocketException):
                await self._one_line()
            await asyncio.sleep(0.2)

    async def _one_line(self) -> None:
        address = self._stage.product.url.replace("http", "ws", 1)
        url = f"{address}/api/conversations/{self.seen.address}/stream"
        async with connect(url, proxy=None, open_timeout=60, close_timeout=1) as socket:
            frames: list[Json] = []
            self.seen.streams.append(frames)
            await socket.send(json.dumps({"token": self._token, "after": self._cursor}))
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
        self._cursor = max([self._cursor, *(m["seq"] for m in frame["messages"])])
