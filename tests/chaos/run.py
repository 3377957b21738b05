"""One crash test: people, coordinators and platforms around an assistant that dies again and again."""

import asyncio
import logging
import math
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
from tests.chaos.proxy import Proxy
from tests.chaos.servers import Servers
from tests.chaos.stage import PATIENCE, Stage
from tests.e2e.conftest import slack_settings, telegram_settings
from tests.postgres import cluster

log = logging.getLogger(__name__)
WEB_PEOPLE, TELEGRAM_PEOPLE = 5, 3
"""How many conversations go on at the same time."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did, by kind, and what was wrong in the end."""

    seed: int
    figures: Counter[str]
    problems: list[str]

    def __str__(self) -> str:
        lines = [f"{count:7}  {what}" for what, count in sorted(self.figures.items())]
        verdict = [f"PROBLEM: {problem}" for problem in self.problems] or ["Nothing was lost, doubled or stuck."]
        return "\n".join([f"seed {self.seed}", *lines, *verdict])


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be tried.

    `push` says that Telegram and Slack come to us, by webhook and signed HTTP, in place of long polling and Socket
    Mode, `several` that two web servers and a worker share the work (PostgreSQL alone), `copied` that most starts
    are copies of a process that has loaded everything. The killing ends after `minutes`.
    """

    database: str
    kills: int
    seed: int
    push: bool = False
    several: bool = False
    copied: bool = False
    minutes: float = math.inf


def run(plan: Plan, log_to: Path | None = None) -> Report:
    """Kill the assistant that many times, and look at what is left; `log_to` is given all that it printed."""
    with _database(plan.database) as (folder, database), Workspace(plan.seed) as slack, BotApi() as telegram:
        proxy = Proxy(plan.seed)
        settings = {**slack_settings(slack), **telegram_settings(telegram)}
        if plan.push:
            del settings["slack_app_token"]
            settings |= {"slack_signing_secret": slack.SIGNING_SECRET, "telegram_webhook_secret": "hook"}
            settings |= {"public_url": proxy.url}
            slack.request_url = f"{proxy.url}/slack"
        if database.address:
            settings["database_url"] = database.address
        asyncio.run(database.create())
        servers = Servers(folder, settings, plan.several, plan.copied)
        proxy.servers = lambda: servers.addresses
        try:
            return asyncio.run(_run(Stage(servers, proxy.url, slack, telegram, plan.seed), proxy, database, plan))
        finally:
            servers.kill(servers.all)
            if log_to:
                log_to.write_text(servers.log, encoding="utf-8")


@contextmanager
def _database(kind: str) -> Iterator[tuple[Path, Database]]:
    with tempfile.TemporaryDirectory(prefix="i2pcc-chaos-") as name:
        folder = Path(name) / "data"
        if kind == "postgresql":
            Path(name).chmod(0o711)
            disk = Path(name) / "disk"
            with small_disk(disk, "postgres") as small, cluster() as socket:
                yield Path(name), Postgres(socket, disk if small else None)
        else:
            with small_disk(folder) as small:
                yield Path(name), Sqlite(folder, small)


async def _run(stage: Stage, proxy: Proxy, database: Database, plan: Plan) -> Report:
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=0)
    async with proxy, httpx.AsyncClient(timeout=None, trust_env=False, limits=limits) as client:
        people = [_people(stage, lambda n: acts.on_the_web(stage, n, client), i) for i in range(WEB_PEOPLE)]
        people += [_people(stage, lambda n: acts.on_telegram(stage, n), 100 + i) for i in range(TELEGRAM_PEOPLE)]
        talking = [asyncio.create_task(one) for one in people]
        async with _background(stage, Faults(stage).run(), killer.harm(stage, database.harms())):
            await killer.kill(stage, plan.kills, plan.minutes)
        stage.calm_since = time.monotonic()
        stage.figures["faults that met no call"] = stage.slack.calm() + stage.telegram.calm()
        log.info("no more kills and faults: conversations come to their end")
        await asyncio.gather(*talking)
        archive = await _quiet(stage, database)
        log.info("all is quiet")
        if not all(process.lives for process in stage.servers.all):
            stage.problems.append("a process ended by itself")
        stage.servers.stop(stage.servers.all)
    for seen in stage.seen:
        if seen.channel == "telegram":
            seen.shown = [message["text"] for message in stage.telegram.sent(int(seen.address))]
    stage.problems += checks.problems(stage.seen, archive, stage.slack.posts, stage.slack.acknowledged())
    stage.figures.update(database.figures())
    _count(stage, archive)
    return Report(stage.seed, stage.figures, stage.problems)


async def _people(stage: Stage, act: Callable[[int], Coroutine[Any, Any, None]], number: int) -> None:
    """One conversation after the other, until the killing is over."""
    while stage.calm_since is None:
        try:
            await act(number)
        except (AssertionError, TimeoutError) as error:
            stage.problems.append(f"conversation {number}: {error}")
        number += 1000


@asynccontextmanager
async def _background(stage: Stage, *works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run works beside the block; one that breaks is a problem of the run, told at once."""

    async def watched(work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:
            log.exception("a part of the crash test broke")
            stage.problems.append(f"a part of the crash test broke: {error!r}")

    tasks = [asyncio.create_task(watched(work)) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _quiet(stage: Stage, database: Database) -> Archive:
    """What the database keeps once nothing waits any more, or patience is at its end."""
    store = await open_reader(database_url(database.address, stage.servers.all[0].data_dir))
    last, since = -1, 0.0
    try:
        while left := await reading.waiting(store):
            if left != last:
                last, since = left, time.monotonic()
            elif time.monotonic() > since + PATIENCE:
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
    if "Traceback" in stage.servers.log:
        stage.problems.append("the log holds a traceback")
