"""Time, CPU and memory of a turn over HTTP: `.venv/bin/python benchmarks/turn.py [conversations]`.

Starts the server on a fresh SQLite in a temporary folder (rate limits off), plays the same scripted conversation of
questions and a whole proposal one after the other, then the same with eight clients at once.
"""

import asyncio
import sys
import time

from server import SCRIPT, Person, Server, clients, percentiles, running


async def main(conversations: int) -> None:
    began = time.perf_counter()
    with running() as server:
        print(f"ready after {time.perf_counter() - began:.2f} s, {server.memory():.0f} MB")
        await play(server, 1, 1)  # warm
        for people in (1, 8):
            used, began = server.used(), time.perf_counter()
            times = await play(server, conversations, people)
            wall = time.perf_counter() - began
            cpu = (server.used() - used) / len(times) * 1000
            rate = len(times) / wall
            print(f"{people} clients: {rate:.0f} turns/s, {percentiles(times)}, CPU {cpu:.1f} ms a turn")
        print(f"memory at the end {server.memory():.0f} MB")


async def play(server: Server, conversations: int, people: int) -> list[float]:
    """Have that many conversations, `people` at once; gives the seconds of each turn."""
    places = asyncio.Semaphore(people)
    async with clients(server) as http:

        async def converse() -> list[float]:
            async with places:
                person = Person(http)
                await person.arrive()
                return [await person.say(text) for text in SCRIPT]

        every = await asyncio.gather(*(converse() for _ in range(conversations)))
    return [seconds for times in every for seconds in times]


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
