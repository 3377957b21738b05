"""A server under test: the real process on a fresh database, and the conversation that people have with it."""

import os
import re
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from processes import memory, processor

ROOT = Path(__file__).parents[1]
SCRIPT = [
    "Hello",
    "What can you tell me about Hebei?",
    "and since when?",
    "Is er in Chongqing nood aan bodemsanering?",
    "/language en",
    "I want to submit a proposal",
    "AquaPura NV",
    "An Peeters",
    "an.peeters@aquapura.be",
    "Ghent",
    "What do you know about Chongqing?",
    "4 and 5",
    "We remove heavy metals from mine water with membranes that need little energy.",
    "skip",
    "alone",
    "no preference",
    "yes",
    "send it",
]


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `used` tells its processor seconds, `memory` its megabytes."""

    url: str
    pid: int

    def used(self) -> float:
        return processor([self.pid])

    def memory(self, kind: str = "Rss") -> float:
        return memory([self.pid], kind)


@contextmanager
def running(**settings: str) -> Iterator[Server]:
    """Start the server with settings (`database_url=…`), by default on a SQLite file of its own, limits off."""
    many_files()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "cache").symlink_to(ROOT / "var" / "cache")
        given = {f"I2PCC_{name.upper()}": value for name, value in settings.items()}
        environment = {"I2PCC_DATA_DIR": folder, "I2PCC_PORT": "0", "I2PCC_RATE_LIMIT": "off"} | given
        with (Path(folder) / "log").open("w") as log:
            process = subprocess.Popen(
                [ROOT / ".venv/bin/i2pcc"],
                env=os.environ | environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=folder,
            )
            try:
                yield Server(
                    next(m[1] for line in process.stdout if (m := re.search(r"ready: (\S+)", line))), process.pid
                )
            finally:
                process.terminate()
                process.wait()


def many_files() -> None:
    """Let this process and those that it starts open as many sockets as the machine allows."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class Person:
    """Somebody with a conversation of their own."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self.http = http
        self.id = self.token = ""

    async def arrive(self) -> None:
        async with self.http.post("/api/conversations", json={"language": "en"}) as answer:
            answer.raise_for_status()
            opened = await answer.json()
        self.id, self.token = opened["id"], opened["token"]

    async def say(self, text: str) -> float:
        """Say something; gives the seconds until the answer was there."""
        began = time.perf_counter()
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.http.post(
            f"/api/conversations/{self.id}/messages", json={"text": text}, headers=headers
        ) as said:
            said.raise_for_status()
            if not (await said.json())["messages"]:
                raise RuntimeError(f"no answer to {text!r}")
        return time.perf_counter() - began

    async def listen(self) -> aiohttp.ClientWebSocketResponse:
        """Open the stream, as the widget does in a browser, which offers to compress it."""
        socket = await self.http.ws_connect(f"/api/conversations/{self.id}/stream", compress=15)
        await socket.send_json({"token": self.token, "after": 0})
        return socket


def clients(server: Server) -> aiohttp.ClientSession:
    """A client without a limit of connections. It closes unused ones before the server does, after five seconds."""
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=3)
    return aiohttp.ClientSession(server.url, connector=connector, timeout=aiohttp.ClientTimeout(120))


def percentiles(seconds: Sequence[float]) -> str:
    """The usual ones, in milliseconds."""
    found = statistics.quantiles(seconds, n=100)
    return ", ".join(f"p{n} {found[n - 1] * 1000:.0f} ms" for n in (50, 95, 99))
