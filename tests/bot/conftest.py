from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.delivery import DeliveryWorker
from bot.store.address import database_url
from bot.store.engine import Store, open_store
from tests.bot.channels import Noting
from tests.bot.parts import Bot

Deliver = Callable[[Bot, Noting], Awaitable[DeliveryWorker]]


@pytest.fixture
def bot(store: Store) -> Bot:
    return Bot(store)


@pytest.fixture
async def sqlite_bot(tmp_path: Path) -> AsyncIterator[Bot]:
    store = await open_store(database_url(None, tmp_path / "data"))
    yield Bot(store)
    await store.close()


@pytest.fixture
async def shared(postgres_url: str, tmp_path: Path) -> AsyncIterator[Store]:
    """A PostgreSQL that several processes may share."""
    store = await open_store(database_url(postgres_url, tmp_path))
    yield store
    await store.close()


@pytest.fixture
async def deliver() -> AsyncIterator[Deliver]:
    """Starts delivery workers and stops them at the end."""
    workers: list[DeliveryWorker] = []

    async def start(bot: Bot, channel: Noting) -> DeliveryWorker:
        worker = DeliveryWorker(bot.store, channel, bot.signals, bot.clock)
        await worker.start()
        workers.append(worker)
        return worker

    yield start
    for worker in workers:
        await worker.stop()
