"""What the web server takes apart from the assistant behind it: processor time of a request, memory of a WebSocket.

`.venv/bin/python benchmarks/web.py [rounds] [sockets]`, by default 7 1000. The server runs over a gateway that answers
at once, in a process for each of WAYS. Four clients keep their connections open and post messages with the headers of
a browser, 500 each a round, in turn with the other processes. Then each holds idle WebSockets, opened as browsers do.
"""

import asyncio
import json
import re
import socket
import statistics
import subprocess
import sys
from dataclasses import dataclass

import aiohttp
import uvicorn
import uvloop
from processes import memory
from server import Server, many_files

from bot.ports import Outgoing, Reply
from bot.settings import Settings
from bot.signals import Signals
from connectors.web import serving
from connectors.web.server import build_app

WAYS = ("h11 asyncio compressed", "h11 uvloop compressed", "httptools asyncio plain", "httptools uvloop plain")
"""The parser of HTTP, the event loop and the frames of WebSockets; the last as the assistant is served."""
CLIENTS, EACH, WARM = 4, 500, 20
ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
HEADERS = {
    "Authorization": "Bearer " + "t" * 43,
    "Content-Type": "application/json",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36",
    "Sec-Fetch-Site": "same-origin",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Dest": "empty",
    "Accept-Encoding": "gzip, deflate, br",
    "Accept-Language": "nl-BE,nl;q=0.9,en;q=0.8",
}
BUTTONS = tuple({"title": f"Region {n}", "payload": f"region:{n}"} for n in range(3))
SAID = Outgoing(7, "answer", "Hebei is one of the programme's regions. " * 10, BUTTONS, ("region:hebei",), ("S1", "S4"))


@dataclass(frozen=True)
class AtOnce:
    """A gateway that knows one conversation and gives it the same answer at once."""

    signals: Signals

    async def authorise(self, conversation: str, token: str) -> None: ...

    async def reply_to(self, incoming) -> Reply:
        return Reply((SAID,), "en", None, "assistant", None)

    async def messages_after(self, conversation: str, *_: int) -> Reply:
        return Reply((), "en", None, "assistant", None)

    def subscribe(self, conversation: str):
        return self.signals.conversation(conversation)


async def serve(parser: str, frames: str) -> None:
    async def ready() -> dict[str, bool]:
        return {}

    config = serving.config(build_app(AtOnce(Signals()), Settings(rate_limit="off"), ready=ready))
    if parser == "h11":
        config.http = "h11"
    config.ws_per_message_deflate = frames == "compressed"
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print(listening.getsockname()[1], flush=True)
    await uvicorn.Server(config).serve(sockets=[listening])


async def post(server: Server) -> float:
    """Milliseconds of the processor a request."""
    body = json.dumps({"text": "What can you tell me about Hebei?", "client_id": ID})
    headers = HEADERS | {"Host": server.url[7:], "Origin": server.url, "Content-Length": str(len(body))}
    lines = [f"POST /api/conversations/{ID}/messages HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items()), "", body]
    request = "\r\n".join(lines).encode()

    async def client() -> None:
        reader, writer = await asyncio.open_connection(*server.url[7:].split(":"))
        for _ in range(EACH):
            writer.write(request)  # a browser sends a short body in one piece with its head, too
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            assert head.startswith("HTTP/1.1 200 "), head
            await reader.readexactly(int(re.search(r"content-length: (\d+)", head)[1]))
        writer.close()

    used = server.used()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return (server.used() - used) / CLIENTS / EACH * 1000


async def sit(server: Server, count: int) -> float:
    """Kilobytes an idle WebSocket."""
    async with aiohttp.ClientSession(server.url, connector=aiohttp.TCPConnector(limit=0)) as http:
        lines = [await listen(http) for _ in range(WARM)]
        before = memory([server.pid], "Pss")
        lines += [await listen(http) for _ in range(count)]
        return (memory([server.pid], "Pss") - before) / (len(lines) - WARM) * 1000


async def listen(http: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
    line = await http.ws_connect(f"/api/conversations/{ID}/stream", compress=15)
    await line.send_json({"token": "t", "after": 0})
    return line


def main(rounds: int, sockets: int) -> None:
    many_files()
    processes = {way: _start(way) for way in WAYS}
    servers = {w: Server(f"http://127.0.0.1:{int(p.stdout.readline())}", p.pid) for w, p in processes.items()}
    try:
        times = [{way: asyncio.run(post(server)) for way, server in servers.items()} for _ in range(rounds + 1)]
        for way, server in servers.items():
            middle = statistics.median(each[way] for each in times[1:])  # the first is to warm up
            print(f"{way:24} {middle:.2f} ms a request, {asyncio.run(sit(server, sockets)):.0f} kB a WebSocket")
    finally:
        for process in processes.values():
            process.kill()
            process.wait()


def _start(way: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, __file__, *way.split()], stdout=subprocess.PIPE, text=True)


if __name__ == "__main__":
    if sys.argv[1:2] and not sys.argv[1].isdigit():
        parser, loop, frames = sys.argv[1:]
        factory = uvloop.new_event_loop if loop == "uvloop" else asyncio.new_event_loop
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(serve(parser, frames))
    else:
        main(*[int(x) for x in sys.argv[1:]] + [7, 1000][len(sys.argv) - 1 :])
