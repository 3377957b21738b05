"""Errors that reach the outermost layer of the web server."""

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
