"""Processes that begin as copies of one that has loaded the programs and the models: a start without most of its price.

What loads them is tested elsewhere; all that a kill can hurt, a copy does by itself: database, channels, sockets.
"""

import itertools
import multiprocessing
import os
import subprocess
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from signal import Signals
from typing import Any
from unittest.mock import patch

from tests.e2e.product import Product
from tests.e2e.replicas import Worker

_EVERY = 10
"""One start in so many is a whole one."""
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.chaos.loaded"])


class _Copy:
    """A running copy, as far as `Product` asks what `subprocess.Popen` answers."""

    def __init__(self, arguments: tuple[str, ...], environment: dict[str, str], folder: Path) -> None:
        reading, writing = _context.Pipe(duplex=False)
        self._process = _context.Process(target=_live, args=(arguments, environment, folder, writing), daemon=True)
        self._process.start()
        writing.close()
        self.stdout = os.fdopen(os.dup(reading.fileno()), encoding="utf-8")
        reading.close()

    def poll(self) -> int | None:
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()

    def wait(self, timeout: float | None = None) -> None:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("i2pcc", timeout or 0.0)

    def send_signal(self, number: Signals) -> None:
        assert self._process.pid
        os.kill(self._process.pid, number)


class _Copied(Product):
    def _start(self, *arguments: str) -> Any:
        self._starts = getattr(self, "_starts", None) or itertools.count(1)
        if next(self._starts) % _EVERY == 0:
            return super()._start(*arguments)
        copy: Any = _Copy(arguments, self._environment, self.data_dir)
        self._listen(copy)
        return copy


class CopiedServer(_Copied):
    """A server."""


class CopiedWorker(_Copied, Worker):
    """A process without a web server."""


def _live(arguments: tuple[str, ...], environment: dict[str, str], folder: Path, output: Connection) -> None:
    """The life of a copy."""
    from bot.cli import main
    from tests.chaos.loaded import TURN

    for number in (1, 2):
        os.dup2(output.fileno(), number)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["i2pcc", *arguments]
    with patch("bot.wiring.load_turn", return_value=TURN):
        main()
