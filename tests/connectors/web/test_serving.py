"""What the server takes from a raw connection."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from websockets.sync.client import connect

from connectors.web import serving
from connectors.web.serving import MAX_HEAD
from tests.connectors.web.running import RunningServer

GET = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"
POST = b"POST /api/conversations HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"
UPGRADE = b"Connection: Upgrade\r\nUpgrade: h2c\r\n"


@contextmanager
def connected(server: RunningServer) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield connection


def status(connection: socket.socket) -> int:
    head = b""
    while b"\r\n\r\n" not in head:
        part = connection.recv(1)
        assert part, "closed without an answer"
        head += part
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    while length:
        length -= len(connection.recv(length))
    return int(head.split()[1])


def is_closed(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def send_on(connection: socket.socket, part: bytes, size: int) -> None:
    for _ in range(size // len(part)):
        connection.sendall(part)


@pytest.mark.parametrize(
    ("begin", "more"),
    [
        (GET + b"X-Long: ", b"a" * 1000),
        (GET, b"a" * 1000),
        (GET, b"X-A: b\r\n" * 100),
        (b"GET /", b"a" * 1000),
        (b"", b"\r\n" * 500),
        (CHUNKED + b"0\r\n", b"X-A: b\r\n" * 100),
        (CHUNKED + b"2;", b"a" * 1000),
    ],
    ids=["value", "name", "headers", "address", "blank lines", "trailers", "chunk extension"],
)
def test_what_has_no_end_is_cut_off(server: RunningServer, begin: bytes, more: bytes) -> None:
    with connected(server) as connection:
        connection.sendall(begin)
        with pytest.raises(ConnectionError):
            send_on(connection, more, 100 * 1024 * 1024)


def test_it_is_told_so(server: RunningServer) -> None:
    with connected(server) as connection:
        connection.sendall(GET + b"X-Long: " + b"a" * MAX_HEAD)
        assert status(connection) == 400
        assert is_closed(connection)


def test_a_long_head_that_ends_is_fine(server: RunningServer) -> None:
    with connected(server) as connection:
        for _ in range(3):
            connection.sendall(GET + b"X-Long: " + b"a" * (MAX_HEAD - 1000) + b"\r\n\r\n")
            assert status(connection) == 200


def test_a_request_may_come_in_small_pieces(server: RunningServer) -> None:
    request = CHUNKED + b"0\r\nX-A: b\r\n\r\n"
    with connected(server) as connection:
        for _ in range(2):
            for start in range(0, len(request), 3):
                connection.sendall(request[start : start + 3])
            assert status(connection) == 200


def test_requests_may_come_together(server: RunningServer) -> None:
    with connected(server) as connection:
        connection.sendall((GET + b"\r\n") * 3)
        assert [status(connection) for _ in range(3)] == [200] * 3


def test_an_unknown_upgrade_is_passed_over(server: RunningServer) -> None:
    with connected(server) as connection:
        for _ in range(2):
            connection.sendall(GET + UPGRADE + b"Content-Length: 0\r\n\r\n")
            assert status(connection) == 200


@pytest.mark.parametrize("length", [b"Content-Length: 36", b"Transfer-Encoding: chunked"])
def test_a_body_behind_an_unknown_upgrade_is_no_request(server: RunningServer, length: bytes) -> None:
    with connected(server) as connection:
        connection.sendall(POST + UPGRADE + length + b"\r\n\r\n" + GET + b"\r\n")
        assert status(connection) == 400
        assert is_closed(connection)


@pytest.mark.parametrize("begun", [b"", GET + b"X-A"], ids=["nothing", "half a head"])
def test_a_connection_that_asks_nothing_is_closed(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(serving, "HEAD_SECONDS", 0.1)
    with connected(server) as connection:
        connection.sendall(begun)
        assert is_closed(connection)


def test_so_is_one_that_stops_within_a_later_head(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with connected(server) as connection:
        connection.sendall(GET + b"\r\n")
        assert status(connection) == 200
        monkeypatch.setattr(serving, "HEAD_SECONDS", 0.1)
        connection.sendall(GET + b"X-A")
        assert is_closed(connection)


def test_a_stream_goes_on_when_the_time_for_its_head_is_over(
    server: RunningServer, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = http.post("/api/conversations").json()
    monkeypatch.setattr(serving, "HEAD_SECONDS", 3.0)
    with connect(server.stream_url(opened["id"])) as stream:
        with connected(server) as later:
            assert is_closed(later)
        stream.send(json.dumps({"token": opened["token"]}))
        server.call(server.gateway.push, opened["id"], "Hello", "coordinator")
        assert json.loads(stream.recv(timeout=60))["messages"]
