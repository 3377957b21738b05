import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from bot.errors import SetupError
from bot.settings import Settings
from connectors.telegram.channel import TelegramChannel
from connectors.telegram.webhook import PATH, SECRET_HEADER
from tests.connectors.telegram.waiting import until
from tests.fakes.telegram_gateway import FakeGateway
from tests.fakes.telegram_server import Json, TelegramServer

SECRET = "s3cret_Value-1"


def settings_for(server: TelegramServer, public_url: str, secret: str = SECRET) -> Settings:
    return Settings.model_validate(
        {
            "telegram_token": server.token,
            "telegram_base_url": server.url,
            "telegram_webhook_secret": secret,
            "public_url": public_url,
        }
    )


@asynccontextmanager
async def serving(app: Starlette, port: int) -> AsyncIterator[None]:
    web = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", lifespan="off"))
    task = asyncio.create_task(web.serve())
    await until(lambda: web.started)
    yield
    web.should_exit = True
    await task


@pytest.fixture
async def live(server: TelegramServer, gateway: FakeGateway, unused_tcp_port: int) -> AsyncIterator[TelegramChannel]:
    channel = TelegramChannel(settings_for(server, f"http://127.0.0.1:{unused_tcp_port}/"), gateway)
    async with serving(Starlette(routes=channel.routes()), unused_tcp_port):
        await channel.start()
        yield channel
        await channel.stop()


def update(text: str = "hallo") -> Json:
    return {
        "update_id": 5,
        "message": {
            "message_id": 1,
            "date": 1,
            "chat": {"id": 42, "type": "private"},
            "from": {"id": 42, "is_bot": False, "first_name": "An"},
            "text": text,
        },
    }


@asynccontextmanager
async def posting(server: TelegramServer, gateway: FakeGateway) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the route alone; the channel is not started."""
    channel = TelegramChannel(settings_for(server, "https://assistant.example"), gateway)
    app = Starlette(routes=channel.routes())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://a.example") as client:
        yield client
    await channel.stop()


async def test_updates_come_by_webhook(live: TelegramChannel, server: TelegramServer, gateway: FakeGateway) -> None:
    server.send_text(42, "hallo")
    await until(lambda: gateway.answered == [1])
    assert gateway.texts == ["hallo"]
    await until(lambda: server.pending() == [])
    assert server.calls("getUpdates") == []
    assert set(server.webhook["allowed_updates"]) == {
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
    }


async def test_what_could_not_be_stored_comes_again(
    live: TelegramChannel, server: TelegramServer, gateway: FakeGateway
) -> None:
    gateway.failures = [OSError("disk full")]
    server.send_text(42, "twice")
    await until(lambda: gateway.texts == ["twice"])


async def test_the_webhook_stays_when_the_assistant_stops(live: TelegramChannel, server: TelegramServer) -> None:
    await live.stop()
    assert server.webhook["url"].endswith("/telegram/webhook")
    assert "//telegram" not in server.webhook["url"]


@pytest.mark.parametrize(
    "headers", [{}, {SECRET_HEADER: ""}, {SECRET_HEADER: SECRET + "x"}, {SECRET_HEADER: "é".encode()}]
)
async def test_only_telegram_may_post(server: TelegramServer, gateway: FakeGateway, headers: dict[str, str]) -> None:
    async with posting(server, gateway) as client:
        response = await client.post(PATH, json=update(), headers=headers)
    assert response.status_code == 403
    assert gateway.inbox == []


async def test_answers_follow_the_inbox(server: TelegramServer, gateway: FakeGateway) -> None:
    headers = {SECRET_HEADER: SECRET}
    gateway.failures = [OSError()]
    async with posting(server, gateway) as client:
        assert (await client.post(PATH, json=update(), headers=headers)).status_code == 503
        assert gateway.inbox == []
        assert (await client.post(PATH, json=update(), headers=headers)).status_code == 200
        assert (await client.post(PATH, json=update(), headers=headers)).status_code == 200
    assert gateway.texts == ["hallo"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe"])
async def test_what_is_no_update_is_refused(server: TelegramServer, gateway: FakeGateway, body: bytes) -> None:
    async with posting(server, gateway) as client:
        response = await client.post(PATH, content=body, headers={SECRET_HEADER: SECRET})
    assert response.status_code == 400


async def test_a_secret_that_telegram_refuses_is_told(server: TelegramServer, gateway: FakeGateway) -> None:
    with pytest.raises(SetupError, match="I2PCC_TELEGRAM_WEBHOOK_SECRET"):
        TelegramChannel(settings_for(server, "https://a.example", "has blanks"), gateway)


async def test_an_address_that_telegram_refuses_is_told(server: TelegramServer, gateway: FakeGateway) -> None:
    channel = TelegramChannel(settings_for(server, "http://a.example"), gateway)
    with pytest.raises(SetupError, match="I2PCC_PUBLIC_URL"):
        await channel.start()
    await channel.stop()


def test_polling_serves_no_route(settings: Settings, gateway: FakeGateway) -> None:
    assert TelegramChannel(settings, gateway).routes() == []
