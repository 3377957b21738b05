"""A person on the web, whose client sends again like the widget: the same client_id until an answer comes."""

import asyncio
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from tests.chaos.conversations import FILE
from tests.chaos.history import Json, Seen
from tests.chaos.stage import Stage
from tests.chaos.stream import Stream
from tests.files import PDF

_ODD = 0.08
"""How often something odd happens to a request, of each kind."""


@dataclass(frozen=True, slots=True)
class _Message:
    """A text or a file under way. `more` is what httpx is to send with it."""

    client_id: str
    path: str
    more: dict[str, Any] = field(repr=False)


class WebPerson:
    """Speaks over HTTP and listens on a WebSocket."""

    def __init__(self, stage: Stage, random: Random, client: httpx.AsyncClient) -> None:
        self._stage = stage
        self._random = random
        self._client = client
        self._sent: list[_Message] = []
        self._headers: dict[str, str] = {}
        self._stream: Stream | None = None
        self.seen = Seen("web", "")

    async def open(self, language: str) -> None:
        """Start a conversation and listen to it."""
        opened = await self._request("POST", "/api/conversations", json={"language": language})
        self.seen.address = opened["id"]
        self._headers = {"Authorization": f"Bearer {opened['token']}"}
        self._stage.seen.append(self.seen)
        self._stream = Stream(self._stage, self._random, self.seen, opened["token"])

    async def says(self, line: str, awaiting: str | None = None) -> None:
        """Type a line or send a file, and read the answer, which has to await `awaiting`."""
        message = self._file(line.removeprefix(FILE)) if line.startswith(FILE) else self._text(line)
        reply = await self._answered(message)
        if reply["awaiting"] != awaiting:
            raise AssertionError(f"after “{line}” the web awaits {reply['awaiting']}, not {awaiting}")
        self.seen.reference = reply["reference"] or self.seen.reference

    async def tells(self, *lines: str) -> None:
        """Type lines in one go, and wait for the answers."""
        self.seen.at_once.append(list(lines))
        await asyncio.gather(*[self._answered(self._text(line)) for line in lines])

    async def sends(self, name: str) -> None:
        """Send a file."""
        await self._answered(self._file(name))

    def sees(self, text: str) -> bool:
        """Whether the stream brought a text."""
        return any(text in message["text"] for frames in self.seen.streams for message in frames)

    async def leave(self) -> None:
        """Wait for all that was said, and go."""
        messages = (await self._request("GET", f"{self._address}/messages"))["messages"]
        last = max(message["seq"] for message in messages)
        await self._stage.eventually(lambda: self._stream and self._stream.cursor >= last, f"message {last} on the web")
        await self.close()

    async def close(self) -> None:
        """Stop listening. May be called twice."""
        if self._stream:
            await self._stream.close()

    @property
    def _address(self) -> str:
        return f"/api/conversations/{self.seen.address}"

    def _text(self, line: str) -> _Message:
        self.seen.typed.append(line)
        client_id = f"{self._random.getrandbits(64):x}"
        return _Message(client_id, "messages", {"json": {"text": line, "client_id": client_id}})

    def _file(self, name: str) -> _Message:
        content = PDF + name.encode()
        self.seen.typed.append(f"📎 {name}")
        self.seen.files[name] = len(content)
        client_id = f"{self._random.getrandbits(64):x}"
        named = {"Content-Disposition": f'attachment; filename="{name}"'}
        return _Message(client_id, "files", {"content": content, "params": {"client_id": client_id}, "headers": named})

    async def _answered(self, message: _Message) -> Json:
        """Send something, now and then twice at once, or beside something old that comes once more."""
        sending = [message]
        if self._odd():
            self._stage.figures["web: sent twice at once"] += 1
            sending.append(message)
        if self._odd() and self._sent:
            self._stage.figures["web: an old message again, beside a newer one"] += 1
            sending.append(self._random.choice(self._sent))
        self._sent.append(message)
        await asyncio.gather(*map(self._send, self._random.sample(sending, len(sending))))
        self._stage.step("turns on the web")
        if self._odd():
            self._stage.figures["web: an old message again, behind a newer one"] += 1
            await self._send(self._random.choice(self._sent))
        return self.seen.answers[message.client_id][0]

    async def _send(self, message: _Message) -> Json:
        reply = await self._request("POST", f"{self._address}/{message.path}", **message.more)
        self.seen.answers.setdefault(message.client_id, []).append(reply)
        return reply

    def _odd(self) -> bool:
        return self._random.random() < _ODD

    async def _request(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> Json:
        """Ask until there is an answer. Every other second try is told as one, as the widget does."""
        more["headers"] = {**self._headers, **(headers or {})}
        limit, tells = (self._random.uniform(0, 0.1) if self._odd() else 60.0), self._random.random() < 0.5
        while not self._stage.out_of_patience():
            answer = await self._tried(method, path, limit, more)
            if answer is not None:
                return answer
            limit = 60.0
            if tells and "json" in more:
                more["json"] = more["json"] | {"again": True}
        raise TimeoutError(f"stuck: no answer to {method} {path}")

    async def _tried(self, method: str, path: str, limit: float, more: Json) -> Json | None:
        try:
            async with asyncio.timeout(limit):
                answer = await self._client.request(method, self._stage.url + path, **more)
        except (TimeoutError, httpx.HTTPError):
            self._stage.figures["web: answer lost"] += 1
            await asyncio.sleep(0.2)
            return None
        if answer.status_code == 200:
            reply: Json = answer.json()
            return reply
        self._stage.figures[f"web: answered {answer.status_code}"] += 1
        if answer.status_code not in (502, 503):
            self._stage.problems.append(f"{method} answered {answer.status_code}: {answer.text}")
        await asyncio.sleep(0.5)
        return None
