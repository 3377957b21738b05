"""Does memory grow: `.venv/bin/python benchmarks/soak.py [minutes] [people] [pause]`, by default 60 20 5.

People play the script one conversation after the other, each with a stream open and a pause between messages of `pause`
seconds on average. The server's memory is read every five seconds: all of it, and its own without the files that it
shares with others. Caches and the allocator's gaps fill at first, ever slower, so a line is laid through each half of
the time (two minutes or more) by least squares; what keeps growing shows in the second one.
"""

import asyncio
import sys
import time

import numpy as np
from load import converse
from server import Server, clients, percentiles, running

EVERY = 5.0
PARTS = 6
"""Means of so many parts carry a line: readings next to each other are alike, and no measure of what is uncertain."""


async def main(minutes: float, people: int, pause: float) -> None:
    times: list[float] = []
    with running() as server:
        async with clients(server) as http:
            until = time.perf_counter() + 60 * minutes
            began, used = time.perf_counter(), server.used()
            watching = asyncio.create_task(watch(server, times, until))
            await asyncio.gather(*(converse(http, until, pause, times) for _ in range(people)))
            read = np.array(await watching)
            wall, used = time.perf_counter() - began, server.used() - used
    print(f"{len(times)} turns in {wall / 60:.1f} minutes, {percentiles(times)}, {used / wall * 100:.0f} % of a core")
    for name, column in (("memory", 2), ("its own memory", 3)):
        values = read[:, column]
        print(f"{name}: {values[0]:.1f} MB at first, {values[len(read) // 2]:.1f} halfway, {values[-1]:.1f} at the end")
        for half, part in zip(("first", "second"), np.array_split(read, 2), strict=True):
            slope, error = line(part[:, 0], part[:, column])
            by_turns, _ = line(part[:, 1], part[:, column])
            print(f"  {half} half: {slope:+.2f} ± {error:.2f} MB an hour, {10_000 * by_turns:+.2f} in 10,000 turns")


async def watch(server: Server, times: list[float], until: float) -> list[tuple[float, int, float, float]]:
    """Hours since the start, turns, megabytes and the server's own, again and again."""
    began, read = time.perf_counter(), []
    while time.perf_counter() < until:
        hours = (time.perf_counter() - began) / 3600
        read.append((hours, len(times), server.memory(), server.memory("Anonymous")))
        await asyncio.sleep(EVERY)
    return read


def line(x: np.ndarray, megabytes: np.ndarray) -> tuple[float, float]:
    """The slope of the line through the means of the parts, and its standard error."""
    parts = zip(np.array_split(x, PARTS), np.array_split(megabytes, PARTS), strict=True)
    means = np.array([(a.mean(), b.mean()) for a, b in parts])
    (slope, _), residual, *_ = np.polyfit(means[:, 0], means[:, 1], 1, full=True)
    spread = ((means[:, 0] - means[:, 0].mean()) ** 2).sum()
    return slope, float((residual[0] / (PARTS - 2) / spread) ** 0.5)


if __name__ == "__main__":
    numbers = [float(x) for x in sys.argv[1:]]
    minutes, people, pause = numbers + [60, 20, 5][len(numbers) :]
    asyncio.run(main(minutes, int(people), pause))
