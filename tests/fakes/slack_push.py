"""What the fake Slack sends to the app: over Socket Mode, or as signed HTTP."""

import asyncio
import copy
import itertools
import json
import secrets
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, WSMsgType, web

Json = dict[str, Any]


@dataclass
class Envelope:
    """Something sent to the app. `acked` once the app acknowledged, `attempts` counts deliveries.

    `acked_at` is the time of day of the acknowledgement, empty before it.
    """

    kind: str
    payload: Json
    attempts: int = 0
    acked_at: str = ""
    acked: threading.Event = field(default_factory=threading.Event)
    statuses: list[int] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def acknowledge(self) -> None:
        """Called on the fake's own loop."""
        self.acked_at = self.acked_at or f"{datetime.now():%H:%M:%S.%f}"
        self.acked.set()
        self.done.set()

    def http_body(self) -> tuple[str, str]:
        """The body and content type as an HTTP request."""
        if self.kind == "interactive":
            return urlencode({"payload": json.dumps(self.payload)}), "application/x-www-form-urlencoded"
        return json.dumps(self.payload), "application/json"


class Push:
    """Sends each envelope until it is acknowledged, a few times at most."""

    def __init__(
        self,
        sign: Callable[[str], dict[str, str]],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
        patience: float,
        attempts: int,
        lag: Callable[[], float],
    ) -> None:
        """`spawn` runs work on the fake's loop.

        `patience` is the seconds before an envelope is sent again, `attempts` how often that is done at most, `lag`
        gives the seconds that the next one is under way: one may overtake another.
        """
        self.sockets: list[web.WebSocketResponse] = []
        self.opened = 0
        self.envelopes: list[Envelope] = []
        self.request_url: str | None = None
        self._sign = sign
        self._spawn = spawn
        self._patience = patience
        self._attempts = attempts
        self._lag = lag
        self._online = asyncio.Event()
        self._waiting: dict[str, Envelope] = {}
        self._numbers = itertools.count(1)

    def event(self, event: Json) -> Envelope:
        """Send an event of the Events API."""
        payload = {
            "type": "event_callback",
            "token": "verification",
            "team_id": "T0TEAM",
            "api_app_id": "A0APP",
            "event": event,
            "event_id": f"Ev{next(self._numbers):08d}",
            "event_time": int(time.time()),
            "authorizations": [{"team_id": "T0TEAM", "user_id": "U0BOT", "is_bot": True}],
        }
        return self.send("events_api", payload)

    def send(self, kind: str, payload: Json) -> Envelope:
        """Send anything; returns at once."""
        envelope = Envelope(kind, copy.deepcopy(payload))
        self.envelopes.append(envelope)
        self._spawn(self._deliver(envelope))
        return envelope

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One Socket Mode line, from hello to its end."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0APP"}})
        self.sockets.append(socket)
        self._online.set()
        self.opened += 1
        try:
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    envelope = self._waiting.pop(json.loads(message.data).get("envelope_id", ""), None)
                    if envelope is not None:
                        envelope.acknowledge()
        finally:
            self.sockets.remove(socket)
            if not self.sockets:
                self._online.clear()
        return socket

    async def refresh(self) -> None:
        """Ask for new lines."""
        for socket in list(self.sockets):
            await socket.send_json({"type": "disconnect", "reason": "refresh_requested", "debug_info": {}})

    async def drop(self) -> None:
        """Cut all lines."""
        for socket in list(self.sockets):
            if socket._req is not None and socket._req.transport is not None:
                socket._req.transport.abort()

    async def close(self) -> None:
        """End all lines politely."""
        for socket in list(self.sockets):
            await socket.close()

    async def _deliver(self, envelope: Envelope) -> None:
        await asyncio.sleep(self._lag())
        while not envelope.acked.is_set() and envelope.attempts < self._attempts:
            if self.request_url:
                await self._post(envelope)
            elif self.sockets:
                await self._write(self.sockets[-1], envelope)
            else:
                await self._online.wait()
                continue
            with suppress(TimeoutError):
                await asyncio.wait_for(envelope.done.wait(), self._patience)

    async def _write(self, socket: web.WebSocketResponse, envelope: Envelope) -> None:
        envelope_id = secrets.token_hex(8)
        self._waiting[envelope_id] = envelope
        message: Json = {"envelope_id": envelope_id, "type": envelope.kind, "payload": envelope.payload}
        message["accepts_response_payload"] = envelope.kind == "interactive"
        if envelope.kind == "events_api":
            message |= {"retry_attempt": envelope.attempts, "retry_reason": "timeout" if envelope.attempts else ""}
        envelope.attempts += 1
        try:
            await socket.send_json(message)
        except ConnectionError:
            self._waiting.pop(envelope_id, None)

    async def _post(self, envelope: Envelope) -> None:
        body, content_type = envelope.http_body()
        path = "interactions" if envelope.kind == "interactive" else "events"
        headers = {**self._sign(body), "content-type": content_type}
        if envelope.attempts:
            headers |= {"x-slack-retry-num": str(envelope.attempts), "x-slack-retry-reason": "http_error"}
        envelope.attempts += 1
        try:
            async with (
                ClientSession() as session,
                session.post(f"{self.request_url}/{path}", data=body, headers=headers) as answer,
            ):
                envelope.statuses.append(answer.status)
                if answer.status == 200:
                    envelope.acknowledge()
        except ClientError:
            envelope.statuses.append(0)
