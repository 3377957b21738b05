"""Kills the assistant as a power failure would, again and again, and starts it anew."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from random import Random

from tests.chaos.databases import Harm
from tests.chaos.stage import Stage

log = logging.getLogger(__name__)
_MOST_STEPS = 30
"""A kill comes after at most so many steps that people saw, …"""
_LONGEST_LIFE = 20.0
"""… or after so many seconds, when a fault lets nobody take a step."""
_AT_THE_START = 0.15
"""The share of kills that come while the assistant is starting."""
_MOST_FAILED_STARTS = 10


async def kill(stage: Stage, kills: int) -> None:
    """Kill that many times; the assistant runs afterwards."""
    random = Random(f"{stage.seed}:kills")
    done = 0
    while done < kills:
        await _work(stage, random)
        log.info("kill %d of %d, after %d steps", done + 1, kills, stage.steps)
        stage.product.kill()
        done += 1
        while done < kills and random.random() < _AT_THE_START:
            starting = asyncio.create_task(asyncio.to_thread(stage.product.restart))
            await asyncio.wait({starting}, timeout=random.uniform(0, 6))
            stage.product.kill()
            await asyncio.gather(starting, return_exceptions=True)
            stage.figures["kills while starting"] += 1
            done += 1
        await _start(stage)
    stage.figures["kills"] = done


async def _work(stage: Stage, random: Random) -> None:
    until = stage.steps + random.randint(1, _MOST_STEPS)
    with suppress(TimeoutError):
        async with asyncio.timeout(_LONGEST_LIFE):
            await stage.eventually(lambda: stage.steps >= until, "people's steps")
    await asyncio.sleep(random.uniform(0, 0.3))


async def _start(stage: Stage) -> None:
    """Start as a supervisor does: a start that failed, as on a full disk, is tried again."""
    for _ in range(_MOST_FAILED_STARTS):
        try:
            await asyncio.to_thread(stage.product.restart)
        except RuntimeError:
            stage.figures["failed starts"] += 1
            await asyncio.sleep(1)
        else:
            stage.figures["starts"] += 1
            return
    raise RuntimeError(f"the assistant does not start any more:\n{stage.product.log[-3000:]}")


async def harm(stage: Stage, harms: Mapping[str, Harm]) -> None:
    """Do the database harm every few seconds, until cancelled."""
    random = Random(f"{stage.seed}:database")
    while True:
        for kind in random.sample(sorted(harms), len(harms)):
            await asyncio.sleep(random.uniform(2, 8))
            await harms[kind](random.uniform(0.5, 4))
            stage.figures[kind] += 1
