"""A running product with a fake Slack and a Telegram emulator beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.product import Product
from tests.fakes.slack_server import FakeSlack
from tests.fakes.telegram_server import TelegramServer


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as server:
        yield server


@pytest.fixture
def telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


def slack_settings(slack: FakeSlack) -> dict[str, str]:
    return {
        "slack_bot_token": slack.BOT_TOKEN,
        "slack_app_token": slack.APP_TOKEN,
        "slack_channel": slack.CHANNEL,
        "slack_base_url": slack.url,
    }


def telegram_settings(telegram: TelegramServer) -> dict[str, str]:
    return {"telegram_token": telegram.token, "telegram_base_url": telegram.url}


@pytest.fixture
def product(tmp_path: Path, slack: FakeSlack, telegram: TelegramServer) -> Iterator[Product]:
    running = Product(tmp_path / "data", **slack_settings(slack), **telegram_settings(telegram))
    yield running
    running.stop()
