"""A full house: `.venv/bin/python benchmarks/load.py [idle] [active] [seconds] [pause]`, by default 2000 100 60 10.

`idle` people have a page open (a WebSocket each) and say nothing. `active` people play the script, each with a stream
open and a pause between messages of `pause` seconds on average, evenly spread from half of it to one and a half. Then
the same people without any pause, which is what a script would do.
"""

import asyncio
import random
import sys
import time

from server import SCRIPT, Person, Server, clients, percentiles, running

AT_ONCE = 20


async def main(idle: int, active: int, seconds: float, pause: float) -> None:
    with running() as server:
        async with clients(server) as http:
            talker = Person(http)
            await talker.arrive()
            for text in SCRIPT:
                await talker.say(text)
            print(f"before: {server.memory():.0f} MB")
            sitting = await seated(http, idle)
            print(f"{len(sitting)} idle WebSockets: {server.memory():.0f} MB")
            await rest(server, 15)
            await measure(server, http, active, seconds, pause)
            await measure(server, http, active, seconds / 2, 0)
            gone = sum(reading.done() for reading in sitting)
            print(f"at the end: {server.memory():.0f} MB, {gone} WebSockets lost")
            for reading in sitting:
                reading.cancel()


async def seated(http, count: int) -> list[asyncio.Task[None]]:
    """People with a page open, each with the task that reads its stream: who reads nothing answers no ping either."""
    limit = asyncio.Semaphore(AT_ONCE)

    async def sit() -> asyncio.Task[None]:
        async with limit:
            person = Person(http)
            await person.arrive()
            return asyncio.create_task(read(await person.listen()))

    return await asyncio.gather(*(sit() for _ in range(count)))


async def rest(server: Server, seconds: float) -> None:
    used = server.used()
    await asyncio.sleep(seconds)
    print(f"at rest: {(server.used() - used) / seconds * 100:.1f} % of a core")


async def measure(server: Server, http, count: int, seconds: float, pause: float) -> None:
    times: list[float] = []
    used, began = server.used(), time.perf_counter()
    await asyncio.gather(*(converse(http, began + seconds, pause, times) for _ in range(count)))
    wall = time.perf_counter() - began
    used = server.used() - used
    print(
        f"{count} people, pause {pause:g} s: {len(times)} turns, {len(times) / wall:.0f} turns/s, "
        f"{percentiles(times)}, {used / wall * 100:.0f} % of a core, {used / len(times) * 1000:.1f} ms CPU a turn, "
        f"{server.memory():.0f} MB"
    )


async def converse(http, until: float, pause: float, times: list[float]) -> None:
    await asyncio.sleep(random.uniform(0, pause))
    while time.perf_counter() < until:
        person = Person(http)
        await person.arrive()
        async with await person.listen() as socket:
            reading = asyncio.create_task(read(socket))
            for text in SCRIPT:
                if time.perf_counter() >= until:
                    break
                times.append(await person.say(text))
                await asyncio.sleep(random.uniform(0.5 * pause, 1.5 * pause))
            reading.cancel()


async def read(socket) -> None:
    async for _ in socket:
        pass


if __name__ == "__main__":
    numbers = [float(x) for x in sys.argv[1:]]
    idle, active, seconds, pause = numbers + [2000, 100, 60, 10][len(numbers) :]
    asyncio.run(main(int(idle), int(active), seconds, pause))
