"""Errors that reach the outermost layer of the web server."""

import asyncio
import logging

import pytest
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from connectors.web.problems import Boundary

HTTP: Scope = {"type": "http", "method": "POST", "path": "/api/conversations", "headers": [], "query_string": b""}
WRITTEN = "what a person wrote"


async def read(scope: Scope, receive: Receive, send: Send) -> None:
    await Request(scope, receive).body()


async def fail(scope: Scope, receive: Receive, send: Send) -> None:
    raise ZeroDivisionError(WRITTEN)


async def left() -> Message:
    return {"type": "http.disconnect"}


@pytest.mark.parametrize(("app", "logged", "statuses"), [(read, 0, []), (fail, 1, [500])])
async def test_who_leaves_while_sending_is_no_error(
    app: object, logged: int, statuses: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    with caplog.at_level(logging.INFO):
        await Boundary(app)(HTTP, left, send)  # type: ignore[arg-type]
    assert len(caplog.records) == logged
    assert [m["status"] for m in sent if "status" in m] == statuses
    assert WRITTEN not in caplog.text


async def test_a_server_that_stops_asks_to_come_again() -> None:
    sent: list[Message] = []
    begun = asyncio.Event()

    async def send(message: Message) -> None:
        sent.append(message)

    async def hang(scope: Scope, receive: Receive, send: Send) -> None:
        begun.set()
        await asyncio.Event().wait()

    serving = asyncio.create_task(Boundary(hang)(HTTP, left, send))
    await begun.wait()
    serving.cancel()
    await serving
    assert (sent[0]["status"], dict(sent[0]["headers"])[b"retry-after"]) == (503, b"1")
    assert b'"stopping"' in sent[1]["body"]
