"""A fake Slack with the real protocol: Web API, Socket Mode and signed HTTP, with faults.

    with FakeSlack() as slack:
        Settings(slack_base_url=slack.url, slack_bot_token=slack.BOT_TOKEN, slack_app_token=slack.APP_TOKEN,
                 slack_channel=slack.CHANNEL)

It runs in a thread of its own. Coordinators' doings go out over Socket Mode, or to `request_url` (such as
http://127.0.0.1:8000/slack) as signed HTTP when that is set. All methods are for other threads and return at once.
"""

import asyncio
import copy
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import web

from tests.fakes.slack_methods import SCOPES, Methods, Refused
from tests.fakes.slack_push import Envelope, Push

Json = dict[str, Any]


@dataclass
class Fault:
    """What goes wrong with a call. `lost` carries it out and drops the line, or hangs for `hang` seconds."""

    error: str | None = None
    status: int = 200
    retry_after: int | None = None
    lost: bool = False
    hang: float = 0.0


class FakeSlack:
    """One workspace with channels, people and one app."""

    BOT_TOKEN = "xoxb-1-fake"
    APP_TOKEN = "xapp-1-fake"
    SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
    CHANNEL = "C0INTAKES"

    def __init__(
        self,
        users: dict[str, str] | None = None,
        channels: Iterable[str] = (CHANNEL,),
        patience: float = 3.0,
        scopes: Iterable[str] | None = None,
        attempts: int = 5,
        lag: Callable[[], float] = lambda: 0.0,
    ) -> None:
        """Open a workspace.

        `users` are display names by id, `patience` the seconds before an unacknowledged envelope is sent again,
        `attempts` how often it is sent at most, `scopes` those of the bot token (default: all), `lag` gives the
        seconds that the next envelope is under way.
        """
        self.calls: list[tuple[str, Json]] = []
        self._methods = Methods(users or {"U0ANNA": "Anna", "U0BERT": "Bert"}, list(channels), self._push_event)
        self._scopes = None if scopes is None else set(scopes)
        self._faults: dict[str, list[Fault | None]] = {}
        self._tickets: set[str] = set()
        self._push = Push(self.signed, self._call, patience, attempts, lag)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="fake-slack", daemon=True)
        self._ready = threading.Event()
        self._stopping: asyncio.Event | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    # What tests look at

    @property
    def url(self) -> str:
        """The Web API's address, for I2PCC_SLACK_BASE_URL."""
        return f"http://127.0.0.1:{self.port}/api/"

    @property
    def connected(self) -> bool:
        """Whether a Socket Mode line is open."""
        return bool(self._push.sockets)

    @property
    def sockets_opened(self) -> int:
        """How many lines were opened so far."""
        return self._push.opened

    @property
    def envelopes(self) -> list[Envelope]:
        """All that was sent to the app, oldest first."""
        return self._push.envelopes

    @property
    def request_url(self) -> str | None:
        """Where signed HTTP requests go instead of Socket Mode."""
        return self._push.request_url

    @request_url.setter
    def request_url(self, address: str | None) -> None:
        self._push.request_url = address

    def messages(self, channel: str = CHANNEL) -> list[Json]:
        """Messages outside threads, oldest first."""
        return copy.deepcopy([m for m in self._methods.channels[channel] if not _is_reply(m)])

    def thread(self, channel: str, ts: str) -> list[Json]:
        """Replies under a message, oldest first."""
        return copy.deepcopy([m for m in self._methods.channels[channel] if _is_reply(m) and m["thread_ts"] == ts])

    @property
    def ephemerals(self) -> list[Json]:
        """Messages shown to one person only."""
        return copy.deepcopy(self._methods.ephemerals)

    def everything(self) -> str:
        """All that the workspace holds, as text to search in."""
        return json.dumps([self._methods.channels, self._methods.ephemerals, self._methods.files], ensure_ascii=False)

    def count(self, method: str) -> int:
        """How often a method was called."""
        return sum(name == method for name, _ in self.calls)

    # What tests do

    def fail_next(self, method: str, *, times: int = 1, skip: int = 0, **fault: Any) -> None:
        """Let the next calls of a method fail, after `skip` good ones; see Fault.

        The method "link" is the opening of Socket Mode's line, "upload" the sending of a file's content.
        """
        coming = self._faults.setdefault(method, [])
        coming += [None] * skip
        coming += [Fault(**fault) for _ in range(times)]

    def heal(self, method: str) -> None:
        """Let a method's calls succeed again."""
        self._faults.pop(method, None)

    def press(self, action_id: str, message: Json, user: str = "U0ANNA") -> Envelope:
        """Press the message's button."""
        button = next(
            element
            for block in message["blocks"]
            if block["type"] == "actions"
            for element in block["elements"]
            if element["action_id"] == action_id
        )
        moment = self._methods.new_ts()
        return self._push.send(
            "interactive",
            {
                "type": "block_actions",
                "team": {"id": "T0TEAM", "domain": "fake"},
                "user": {"id": user, "username": user.lower(), "name": user.lower(), "team_id": "T0TEAM"},
                "api_app_id": "A0APP",
                "token": "verification",
                "trigger_id": f"{moment}.fake",
                "container": {"type": "message", "message_ts": message["ts"], "channel_id": message["channel"]},
                "channel": {"id": message["channel"], "name": "intakes"},
                "message": message,
                "response_url": f"{self.url}response/1",
                "actions": [{**button, "block_id": "handoff", "action_ts": moment}],
            },
        )

    def reply(self, channel: str, thread_ts: str, text: str, user: str = "U0ANNA", **more: Any) -> Envelope:
        """Write into a thread as a person. `text` is as Slack sends it (escaped, <links>)."""
        return self.say(channel, text, user, thread_ts=thread_ts, parent_user_id="U0BOT", **more)

    def say(self, channel: str, text: str, user: str = "U0ANNA", **more: Any) -> Envelope:
        """Write into a channel as a person."""
        event = {"type": "message", "channel": channel, "user": user, "text": text, "ts": self._methods.new_ts()}
        event |= {"channel_type": "channel", **more}
        self._methods.channels[channel].append(event)
        return self._push.event(event)

    def resend(self, envelope: Envelope) -> Envelope:
        """Deliver the same event once more, as Slack does when it missed an acknowledgement."""
        return self._push.send(envelope.kind, envelope.payload)

    def refresh_socket(self) -> None:
        """Ask the app to open a new line, as Slack does every few hours."""
        self._call(self._push.refresh())

    def drop_socket(self) -> None:
        """Cut the lines without a word."""
        self._call(self._push.drop())

    def signed(self, body: str, at: int | None = None) -> dict[str, str]:
        """Headers of a signed request."""
        timestamp = str(at or int(time.time()))
        digest = hmac.new(self.SIGNING_SECRET.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256)
        return {"x-slack-request-timestamp": timestamp, "x-slack-signature": "v0=" + digest.hexdigest()}

    # Life

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the fake Slack did not start")
        return self

    def __exit__(self, *_: object) -> None:
        if self._stopping is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        self._stopping = asyncio.Event()
        app = web.Application(client_max_size=16 * 1024 * 1024)
        app.router.add_get("/link", self._link)
        app.router.add_post("/upload/{file}", self._upload)
        app.router.add_route("*", "/api/{method}", self._api)
        runner = web.AppRunner(app, shutdown_timeout=0.2)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        self._ready.set()
        await self._stopping.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._push.close()
        await runner.cleanup()

    def _call(self, work: Any) -> None:
        def spawn() -> None:
            task = self._loop.create_task(work)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        self._loop.call_soon_threadsafe(spawn)

    # Web API

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method, arguments = request.match_info["method"], await _arguments(request)
        self.calls.append((method, arguments))
        fault = self._next_fault(method)
        if fault and not fault.lost and not fault.hang:
            headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
            status = 429 if fault.retry_after is not None else fault.status
            error = "ratelimited" if status == 429 else fault.error
            if status >= 500:
                return web.Response(status=status, text="<html>oops</html>", content_type="text/html")
            return web.json_response({"ok": False, "error": error}, status=status, headers=headers)
        answer = self._answer(method, _token(request, arguments), arguments)
        if fault and fault.hang:
            await asyncio.sleep(fault.hang)
        if fault and fault.lost and request.transport is not None:
            request.transport.abort()
        return web.json_response(answer)

    def _next_fault(self, method: str) -> Fault | None:
        coming = self._faults.get(method)
        return coming.pop(0) if coming else None

    def _answer(self, method: str, token: str | None, arguments: Json) -> Json:
        try:
            if token is None:
                raise Refused("not_authed")
            if method == "apps.connections.open":
                return self._open_connection(token)
            if token != self.BOT_TOKEN:
                raise Refused("invalid_auth")
            if self._scopes is not None and SCOPES.get(method, "") not in {"", *self._scopes}:
                raise Refused("missing_scope")
            return {"ok": True, **self._methods.call(method, arguments, self.url)}
        except Refused as refused:
            return {"ok": False, "error": refused.code, "response_metadata": {"messages": refused.details}}

    def _open_connection(self, token: str) -> Json:
        if token != self.APP_TOKEN:
            raise Refused("invalid_auth")
        ticket = secrets.token_hex(8)
        self._tickets.add(ticket)
        return {"ok": True, "url": f"ws://127.0.0.1:{self.port}/link?ticket={ticket}"}

    async def _upload(self, request: web.Request) -> web.Response:
        if fault := self._next_fault("upload"):
            return web.Response(status=fault.status)
        content = await request.read()
        self._methods.files[request.match_info["file"]] |= {
            "content": content.decode("utf-8", "replace"),
            "size": len(content),
        }
        return web.Response(text="OK")

    async def _link(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403)
        self._tickets.discard(ticket)
        if fault := self._next_fault("link"):
            return web.Response(status=fault.status)
        return await self._push.serve(request)

    def _push_event(self, event: Json) -> None:
        self._push.event(event)


def _is_reply(message: Json) -> bool:
    return bool(message.get("thread_ts")) and message["thread_ts"] != message["ts"]


def _token(request: web.Request, arguments: Json) -> str | None:
    header = request.headers.get("Authorization", "")
    return header.removeprefix("Bearer ") or arguments.get("token")


async def _arguments(request: web.Request) -> Json:
    arguments: Json = dict(request.query)
    if request.content_type == "application/json":
        arguments |= await request.json()
    else:
        arguments |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    for key in ("blocks", "metadata", "files"):
        if isinstance(arguments.get(key), str):
            arguments[key] = json.loads(arguments[key])
    return arguments
