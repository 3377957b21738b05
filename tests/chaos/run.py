"""One crash test: people, coordinators and platforms around an assistant that dies again and again."""

import asyncio
import logging
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bot.store.address import database_url
from bot.store.engine import open_reader
from tests.chaos import acts, checks, killer, reading
from tests.chaos.databases import Database, Postgres, Sqlite, small_disk
from tests.chaos.faults import Faults
from tests.chaos.history import Archive
from tests.chaos.platforms import BotApi, Workspace
from tests.chaos.stage import PATIENCE, Stage
from tests.e2e.conftest import slack_settings, telegram_settings
from tests.e2e.product import Product
from tests.postgres import cluster

log = logging.getLogger(__name__)
WEB_PEOPLE, TELEGRAM_PEOPLE = 5, 3
"""How many conversations go on at the same time."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did, by kind, what was wrong in the end, and all that the assistant printed."""

    seed: int
    figures: Counter[str]
    problems: list[str]
    log: str

    def __str__(self) -> str:
        lines = [f"{count:7}  {what}" for what, count in sorted(self.figures.items())]
        verdict = [f"PROBLEM: {problem}" for problem in self.problems] or ["Nothing was lost, doubled or stuck."]
        return "\n".join([f"seed {self.seed}", *lines, *verdict])


def run(kind: str, kills: int, seed: int) -> Report:
    """Kill an assistant on SQLite or PostgreSQL (`kind`) that many times, and look at what is left."""
    with _database(kind) as (folder, database), Workspace() as slack, BotApi() as telegram:
        settings = {**slack_settings(slack), **telegram_settings(telegram)}
        if database.address:
            settings["database_url"] = database.address
        product = Product(folder, **settings)
        try:
            return asyncio.run(_run(Stage(product, slack, telegram, seed), database, kills))
        finally:
            product.kill()


@contextmanager
def _database(kind: str) -> Iterator[tuple[Path, Database]]:
    with tempfile.TemporaryDirectory(prefix="i2pcc-chaos-") as name:
        folder = Path(name) / "data"
        if kind == "postgresql":
            with cluster() as socket:
                yield folder, Postgres(socket)
        else:
            with small_disk(folder) as small:
                yield folder, Sqlite(folder, small)


async def _run(stage: Stage, database: Database, kills: int) -> Report:
    async with httpx.AsyncClient(timeout=None, trust_env=False, limits=httpx.Limits(max_connections=100)) as client:
        people = [_people(stage, lambda n: acts.on_the_web(stage, n, client), i) for i in range(WEB_PEOPLE)]
        people += [_people(stage, lambda n: acts.on_telegram(stage, n), 100 + i) for i in range(TELEGRAM_PEOPLE)]
        talking = [asyncio.create_task(one) for one in people]
        async with _background(Faults(stage).run(), killer.harm(stage, database.harms())):
            await killer.kill(stage, kills)
        stage.calm_since = time.monotonic()
        stage.figures["faults that met no call"] = stage.slack.calm() + stage.telegram.calm()
        log.info("no more kills and faults: conversations come to their end")
        await asyncio.gather(*talking)
    archive = await _quiet(stage, database)
    log.info("all is quiet")
    stage.product.stop()
    for seen in stage.seen:
        if seen.channel == "telegram":
            seen.shown = [message["text"] for message in stage.telegram.sent(int(seen.address))]
    stage.problems += checks.problems(stage.seen, archive, stage.slack.posts)
    _count(stage, archive)
    return Report(stage.seed, stage.figures, stage.problems, stage.product.log)


async def _people(stage: Stage, act: Callable[[int], Coroutine[Any, Any, None]], number: int) -> None:
    """One conversation after the other, until the killing is over."""
    while stage.calm_since is None:
        try:
            await act(number)
        except (AssertionError, TimeoutError) as error:
            stage.problems.append(f"conversation {number}: {error}")
        number += 1000


@asynccontextmanager
async def _background(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run works beside the block; one that breaks breaks the block's end."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if not isinstance(ended, asyncio.CancelledError):
                raise RuntimeError("a part of the crash test broke") from ended


async def _quiet(stage: Stage, database: Database) -> Archive:
    """What the database keeps once nothing waits any more, or patience is at its end."""
    store = await open_reader(database_url(database.address, stage.product.data_dir))
    try:
        for _ in range(int(PATIENCE)):
            if not await reading.waiting(store):
                break
            await asyncio.sleep(1)
        return await reading.read(store)
    finally:
        await store.close()


def _count(stage: Stage, archive: Archive) -> None:
    for seen in stage.seen:
        if seen.channel == "telegram" and seen.finished:
            kept = archive.kept[seen.channel, seen.address]
            stage.figures["messages on Telegram"] += len(checks.pushed(kept))
            stage.figures["of these shown again"] += len(seen.shown) - len(checks.pushed(kept))
    if "Traceback" in stage.product.log:
        stage.problems.append("the log holds a traceback")
