"""What stands before the web servers, as nginx does: people and platforms know its address alone."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from random import Random
from typing import Self
from urllib.parse import urlsplit

_NOBODY = b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_SLOW, _LONGEST = 0.1, 0.5
"""The share of connections that are slow to open, and by how many seconds at most: others overtake them."""


class Proxy:
    """Passes each connection on to one of the servers, drawn by lot."""

    def __init__(self, seed: int) -> None:
        self._random = Random(f"{seed}:proxy")
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._lines: set[asyncio.Task[None]] = set()
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.servers: Callable[[], Sequence[str]] = list

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, sock=self._socket)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for line in self._lines:
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = asyncio.current_task()
        assert line
        self._lines.add(line)
        try:
            if self._random.random() < _SLOW:
                await asyncio.sleep(self._random.uniform(0, _LONGEST))
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._pass_on(reader, writer)
        finally:
            self._lines.discard(line)
            writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if there := await self._reach():
            await _join(reader, writer, *there)
        else:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(_NOBODY)
            await writer.drain()

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        servers = list(self.servers())
        self._random.shuffle(servers)
        for address in servers:
            with suppress(ConnectionRefusedError):
                return await asyncio.open_connection(urlsplit(address).hostname, urlsplit(address).port)
        return None


async def _join(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    reader2: asyncio.StreamReader,
    writer2: asyncio.StreamWriter,
) -> None:
    """Carry bytes both ways until either side ends."""
    ways = [asyncio.create_task(_copy(reader, writer2)), asyncio.create_task(_copy(reader2, writer))]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        writer2.close()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while part := await source.read(1 << 16):
        target.write(part)
        await target.drain()
