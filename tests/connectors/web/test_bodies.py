"""A body that is too long or too slow is refused before its reader has it, whoever sent it."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Message, Scope

from bot.errors import RequestError
from bot.settings import Settings
from connectors.web.bodies import MAX_BODY, BodyLimits
from connectors.web.problems import request_problem
from connectors.web.server import build_app
from tests.connectors.web.fake_gateway import FakeGateway


async def size(request: Request) -> Response:
    return JSONResponse({"size": len(await request.body())})


async def ready() -> dict[str, bool]:
    return {}


async def post(app: Starlette, chunks: int) -> httpx.Response:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(chunks):
            yield b"x" * 65536

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://a.example") as client:
        return await client.post("/slack/events", content=body())


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 413)])
async def test_another_channels_webhook_reads_no_more_than_the_limit(more: int, status: int) -> None:
    route = Route("/slack/events", size, methods=["POST"])
    app = build_app(FakeGateway(), Settings(), extra_routes=[route], ready=ready)
    assert (await post(app, MAX_BODY // 65536 + more)).status_code == status


async def test_a_body_that_never_ends_is_given_up() -> None:
    app = Starlette(
        routes=[Route("/", size, methods=["POST"])],
        middleware=[Middleware(BodyLimits, seconds=0.05)],
        exception_handlers={RequestError: request_problem},
    )
    scope: Scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": []}
    parts: list[Message] = [{"type": "http.request", "body": b"{", "more_body": True}]
    sent: list[Message] = []

    async def receive() -> Message:
        if parts:
            return parts.pop()
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    assert sent[0]["status"] == 408
