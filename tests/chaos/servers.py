"""The processes under test: one, or two web servers and a worker that share a PostgreSQL."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

from tests.chaos.copies import CopiedServer, CopiedWorker
from tests.e2e.product import Product
from tests.e2e.replicas import Worker
from tests.engines import real_engines

_AT_ONCE = (1, 1, 1, 2, 3)
"""How many of several processes die together."""


class Servers:
    """Started as a user starts them. `lead_time` is what the last start took, in seconds."""

    def __init__(self, folder: Path, settings: dict[str, str], several: bool, copied: bool) -> None:
        real_engines()
        server, worker = (CopiedServer, CopiedWorker) if copied else (Product, Worker)
        kinds = {"one": server, "two": server, "worker": worker} if several else {"data": server}
        started = time.monotonic()
        with ThreadPoolExecutor() as pool:
            starts = [pool.submit(kind, folder / name, **settings) for name, kind in kinds.items()]
        self.all: Sequence[Product] = [start.result() for start in starts]
        self.lead_time = time.monotonic() - started
        self._ready = set(self.all)

    @property
    def addresses(self) -> list[str]:
        """Of the web servers that are ready, as far as anybody knows."""
        return [process.url for process in self.all if process in self._ready and not isinstance(process, Worker)]

    @property
    def log(self) -> str:
        """Everything that all of them printed."""
        return "".join(process.log for process in self.all)

    def draw(self, random: Random, most: int) -> list[Product]:
        """Who is to die next."""
        return random.sample(self.all, min(random.choice(_AT_ONCE), len(self.all), most))

    def kill(self, processes: Sequence[Product]) -> None:
        """End them at once."""
        self._ready.difference_update(processes)
        for process in processes:
            process.kill()

    def start(self, processes: Sequence[Product]) -> None:
        """Start them again, side by side. Raises RuntimeError when one ends by itself."""
        started = time.monotonic()
        with ThreadPoolExecutor() as pool:
            list(pool.map(self._start, processes))
        self.lead_time = time.monotonic() - started

    def _start(self, process: Product) -> None:
        process.restart()
        self._ready.add(process)

    def stop(self, processes: Sequence[Product]) -> None:
        """End them as an operator does."""
        self._ready.difference_update(processes)
        for process in processes:
            process.stop()
