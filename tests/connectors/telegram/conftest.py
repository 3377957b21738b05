from collections.abc import AsyncIterator, Iterator

import pytest

from bot.settings import Settings
from connectors.telegram.channel import TelegramChannel
from tests.fakes.telegram_gateway import FakeGateway
from tests.fakes.telegram_server import TelegramServer


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def settings(server: TelegramServer) -> Settings:
    return Settings.model_validate({"telegram_token": server.token, "telegram_base_url": server.url})


@pytest.fixture
async def channel(settings: Settings, gateway: FakeGateway) -> AsyncIterator[TelegramChannel]:
    channel = TelegramChannel(settings, gateway)
    await channel.start()
    yield channel
    await channel.stop()
