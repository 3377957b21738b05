import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
import yaml

from bot.ports import Coordination, Gateway
from bot.settings import Settings
from connectors.slack.channel import SlackChannel
from tests.fakes.slack_server import FakeSlack

MANIFEST = yaml.safe_load((Path(__file__).parents[3] / "docs" / "slack-manifest.yml").read_text("utf-8"))
NAMES = {
    "region:hebei": "Hebei",
    "region:chongqing": "Chongqing",
    "province:antwerp": "Antwerp",
    "challenge:hydrogen": "Hydrogen",
    "challenge:industrial-water": "Industrial water treatment",
}
IN_OTHERS = {
    "zh-Hans": {"region:hebei": "河北", "challenge:industrial-water": "工业用水处理"},
    "nl": {"province:antwerp": "Antwerpen", "consortium": "Samen met andere bedrijven", "lead": "De leiding nemen"},
}


def name_of(identifier: str, language: str) -> str:
    """The name of what the tests know. Raises KeyError."""
    return IN_OTHERS.get(language, {}).get(identifier) or NAMES[identifier]


class FakeGateway:
    """Keeps what coordinators did, once per external id, and can be made to fail."""

    def __init__(self) -> None:
        self.actions: dict[str, Coordination] = {}
        self.attempts = 0
        self.failures = 0

    async def coordinate(self, action: Coordination) -> None:
        self.attempts += 1
        if self.failures:
            self.failures -= 1
            raise OSError("the disk is full")
        self.actions.setdefault(action.external_id, action)


async def until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait for something that happens in another thread or task."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert condition()


def make_settings(slack: FakeSlack, **changes: object) -> Settings:
    values: dict[str, object] = {
        "slack_base_url": slack.url,
        "slack_bot_token": slack.BOT_TOKEN,
        "slack_app_token": slack.APP_TOKEN,
        "slack_channel": slack.CHANNEL,
    }
    return Settings.model_validate(values | changes)


def make_channel(slack: FakeSlack, gateway: FakeGateway | None = None, /, **changes: object) -> SlackChannel:
    return SlackChannel(make_settings(slack, **changes), cast(Gateway, gateway or FakeGateway()), name_of)


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack(patience=0.3, scopes=MANIFEST["oauth_config"]["scopes"]["bot"]) as server:
        yield server


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
async def channel(slack: FakeSlack, gateway: FakeGateway) -> AsyncIterator[SlackChannel]:
    connector = make_channel(slack, gateway)
    await connector.start()
    await until(lambda: slack.connected)
    yield connector
    await connector.stop()
