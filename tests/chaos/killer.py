"""Kills the assistant as a power failure would, again and again, and starts it anew."""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from random import Random

from tests.chaos.databases import Harm
from tests.chaos.stage import Stage
from tests.e2e.product import Product

log = logging.getLogger(__name__)
_MOST_STEPS = 20
"""A kill comes after at most so many steps that people saw, …"""
_LONGEST_LIFE = 15.0
"""… or after so many seconds, when a fault lets nobody take a step."""
_AT_THE_START = 0.15
"""The share of kills that come while the assistant is starting."""
_STOPPED = 0.1
"""How often a process is stopped by SIGTERM between two kills."""
_MOST_FAILED_STARTS = 10


async def kill(stage: Stage, kills: int, minutes: float) -> None:
    """Kill that many processes, for at most so many minutes; all of the assistant runs afterwards."""
    random = Random(f"{stage.seed}:kills")
    done, end = 0, time.monotonic() + 60 * minutes
    while done < kills and time.monotonic() < end:
        await _work(stage, random)
        if random.random() < _STOPPED:
            await _stop(stage, stage.servers.draw(random, 1))
            continue
        victims = stage.servers.draw(random, kills - done)
        log.info("kill %d of %d, after %d steps", done + 1, kills, stage.steps)
        stage.servers.kill(victims)
        done += len(victims)
        while done < kills and random.random() < _AT_THE_START:
            victim = random.choice(victims)
            starting = asyncio.create_task(asyncio.to_thread(stage.servers.start, [victim]))
            await asyncio.wait({starting}, timeout=random.uniform(0, 1.2 * stage.servers.lead_time))
            stage.servers.kill([victim])
            await asyncio.gather(starting, return_exceptions=True)
            stage.figures["kills while starting"] += 1
            done += 1
        await _start(stage, victims)
    stage.figures["kills"] = done


async def _work(stage: Stage, random: Random) -> None:
    until = stage.steps + random.randint(1, _MOST_STEPS)
    with suppress(TimeoutError):
        async with asyncio.timeout(_LONGEST_LIFE):
            await stage.eventually(lambda: stage.steps >= until, "people's steps")
    await asyncio.sleep(random.uniform(0, 0.3))


async def _stop(stage: Stage, processes: Sequence[Product]) -> None:
    await asyncio.to_thread(stage.servers.stop, processes)
    stage.figures["stops by SIGTERM"] += len(processes)
    await _start(stage, processes)


async def _start(stage: Stage, processes: Sequence[Product]) -> None:
    """Start as a supervisor does: a start that failed, as on a full disk, is tried again."""
    for _ in range(_MOST_FAILED_STARTS):
        dead = [process for process in processes if not process.lives]
        try:
            await asyncio.to_thread(stage.servers.start, dead)
        except RuntimeError:
            stage.figures["failed starts"] += 1
            await asyncio.sleep(1)
        else:
            stage.figures["starts"] += len(processes)
            return
    raise RuntimeError(f"the assistant does not start any more:\n{stage.servers.log[-3000:]}")


async def harm(stage: Stage, harms: Mapping[str, Harm]) -> None:
    """Do the database harm every few seconds, until cancelled."""
    random = Random(f"{stage.seed}:database")
    while True:
        for kind in random.sample(sorted(harms), len(harms)):
            await asyncio.sleep(random.uniform(2, 8))
            await harms[kind](random.uniform(0.5, 4))
            stage.figures[kind] += 1
