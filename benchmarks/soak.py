"""Does memory grow: `.venv/bin/python benchmarks/soak.py [minutes] [people] [pause]`, by default 60 20 5.

People play the script one conversation after the other, each with a stream open and a pause between messages of `pause`
seconds on average. The server's memory is read every five seconds; after a fifth of the time, in which caches fill, a
line is laid through it by least squares. Printed are its slope and the standard error of that, in MB an hour.
"""

import asyncio
import sys
import time

import numpy as np
from load import converse
from server import Server, clients, percentiles, running

EVERY = 5.0
WARMING = 0.2


async def main(minutes: float, people: int, pause: float) -> None:
    with running() as server:
        async with clients(server) as http:
            times: list[float] = []
            until = time.perf_counter() + 60 * minutes
            began, used = time.perf_counter(), server.used()
            watching = asyncio.create_task(watch(server, until))
            await asyncio.gather(*(converse(http, until, pause, times) for _ in range(people)))
            read = np.array(await watching)
            wall, used = time.perf_counter() - began, server.used() - used
    print(f"{len(times)} turns in {wall / 60:.1f} minutes, {percentiles(times)}, {used / wall * 100:.0f} % of a core")
    settled = read[read[:, 0] > WARMING * minutes / 60]
    slope, error = line(settled[:, 0], settled[:, 1])
    print(f"memory {read[0, 1]:.0f} MB at first, {settled[0, 1]:.0f} MB settled, {read[-1, 1]:.0f} MB at the end")
    print(f"slope {slope:+.2f} ± {error:.2f} MB an hour, over {len(settled)} readings")


async def watch(server: Server, until: float) -> list[tuple[float, float]]:
    """Hours since the start and megabytes, again and again."""
    began, read = time.perf_counter(), []
    while time.perf_counter() < until:
        read.append(((time.perf_counter() - began) / 3600, server.memory()))
        await asyncio.sleep(EVERY)
    return read


def line(hours: np.ndarray, megabytes: np.ndarray) -> tuple[float, float]:
    """The slope of the line through the readings and its standard error."""
    (slope, _), residual, *_ = np.polyfit(hours, megabytes, 1, full=True)
    spread = ((hours - hours.mean()) ** 2).sum()
    return slope, float((residual[0] / (len(hours) - 2) / spread) ** 0.5)


if __name__ == "__main__":
    numbers = [float(x) for x in sys.argv[1:]]
    minutes, people, pause = numbers + [60, 20, 5][len(numbers) :]
    asyncio.run(main(minutes, int(people), pause))
