import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

import connectors.web.stream
from connectors.web import ratelimits
from tests.connectors.web.running import RunningServer, wait_until

Frame = dict[str, object]


class Person:
    """Someone in a conversation of their own."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        opened = httpx.post(f"{server.url}/api/conversations").json()
        self.id, self.token = opened["id"], opened["token"]

    def say(self, text: str) -> Frame:
        url = f"{self.server.url}/api/conversations/{self.id}/messages"
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.post(url, json={"text": text}, headers=headers).raise_for_status().json()

    @contextmanager
    def stream(self, after: int = 0) -> Iterator[ClientConnection]:
        with connect(self.server.stream_url(self.id)) as socket:
            socket.send(json.dumps({"token": self.token, "after": after}))
            yield socket


def read(socket: ClientConnection) -> Frame:
    return json.loads(socket.recv(timeout=60))


def closed_with(socket: ClientConnection) -> int:
    with pytest.raises(ConnectionClosed) as closed:
        socket.recv(timeout=60)
    assert closed.value.rcvd
    return closed.value.rcvd.code


def refused(server: RunningServer, conversation: str, first: str | bytes) -> tuple[Frame, int]:
    with connect(server.stream_url(conversation)) as socket:
        socket.send(first)
        return read(socket), closed_with(socket)


@pytest.fixture
def person(server: RunningServer) -> Person:
    return Person(server)


def texts(frame: Frame) -> list[str]:
    return [message["text"] for message in frame["messages"]]


def test_a_stream_resumes_after_the_cursor_and_goes_on(server: RunningServer, person: Person) -> None:
    first, second = person.say("one"), person.say("two")
    with person.stream(after=first["messages"][0]["seq"]) as socket:
        assert read(socket) == second
        assert read_after(socket, lambda: person.say("three")) == ["You said: three"]
        push = lambda: server.call(server.gateway.push, person.id, "Hello, An here", "coordinator")  # noqa: E731
        assert read_after(socket, push) == ["Hello, An here"]


def read_after(socket: ClientConnection, action: Callable[[], object]) -> list[str]:
    action()
    return texts(read(socket))


def test_nothing_new_sends_nothing(person: Person) -> None:
    last = person.say("one")["messages"][0]["seq"]
    with person.stream(after=last) as socket, pytest.raises(TimeoutError):
        socket.recv(timeout=0.3)


def test_a_change_of_owner_alone_is_told(server: RunningServer, person: Person) -> None:
    with person.stream() as socket:
        wait_until(lambda: server.gateway.listeners[person.id])
        server.call(server.gateway.claim, person.id, "coordinator")
        frame = read(socket)
    assert (frame["owner"], frame["messages"]) == ("coordinator", [])


def test_later_frames_are_ignored(person: Person) -> None:
    with person.stream() as socket:
        socket.send("anything")
        assert read_after(socket, lambda: person.say("one")) == ["You said: one"]


def test_two_streams_of_a_conversation_both_hear(person: Person) -> None:
    with person.stream() as one, person.stream() as two:
        person.say("hello")
        assert texts(read(one)) == texts(read(two)) == ["You said: hello"]


def test_a_stream_that_ended_leaves_no_listener(server: RunningServer, person: Person) -> None:
    with person.stream():
        wait_until(lambda: server.gateway.listeners[person.id])
    wait_until(lambda: not server.gateway.listeners[person.id])


def test_a_wrong_token_is_refused(server: RunningServer, person: Person) -> None:
    frame, code = refused(server, person.id, '{"token": "wrong", "after": 0}')
    assert frame["error"]["code"] == "unauthorized"
    assert code == 4401


def test_an_unknown_conversation_is_refused(server: RunningServer) -> None:
    frame, code = refused(server, "none", '{"token": "any"}')
    assert frame["error"]["code"] == "not_found"
    assert code == 4404


@pytest.mark.parametrize(
    "first",
    [
        "",
        "{",
        "[]",
        '{"after": 0}',
        '{"token": 5}',
        '{"token": "a", "after": -1}',
        '{"token": "a", "after": "0"}',
        b"\xff",
    ],
)
def test_a_bad_first_frame_is_refused(server: RunningServer, person: Person, first: str | bytes) -> None:
    frame, code = refused(server, person.id, first)
    assert frame["error"]["code"] == "invalid"
    assert code == 4422


def test_a_silent_stream_is_closed(server: RunningServer, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    assert connectors.web.stream.FIRST_FRAME_SECONDS == 10
    monkeypatch.setattr(connectors.web.stream, "FIRST_FRAME_SECONDS", 0.1)
    with connect(server.stream_url(person.id)) as socket:
        assert read(socket)["error"]["code"] == "timeout"
        assert closed_with(socket) == 4408


def test_a_lost_wake_up_is_made_good(server: RunningServer, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connectors.web.stream, "RECHECK_SECONDS", 0.2)
    with person.stream() as socket:
        wait_until(lambda: server.gateway.listeners[person.id])
        server.call(server.gateway.listeners[person.id].clear)
        assert read_after(socket, lambda: person.say("one")) == ["You said: one"]


def test_open_streams_are_counted(server: RunningServer, person: Person) -> None:
    def streams() -> float:
        lines = httpx.get(f"{server.url}/metrics").text.splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith("i2pcc_web_open_streams "))

    before = streams()
    with person.stream():
        wait_until(lambda: streams() == before + 1)
    wait_until(lambda: streams() == before)


def test_frames_are_not_compressed(person: Person) -> None:
    with connect(person.server.stream_url(person.id), compression="deflate") as socket:
        assert socket.response
        assert "Sec-WebSocket-Extensions" not in socket.response.headers


def test_a_strange_site_gets_no_stream(serve: Callable[..., RunningServer]) -> None:
    server = serve(allowed_origins="https://a.example")
    person = Person(server)
    with pytest.raises(InvalidStatus) as refusal:
        connect(server.stream_url(person.id), origin="https://b.example")
    assert refusal.value.response.status_code == 403
    assert json.loads(refusal.value.response.body)["error"]["code"] == "forbidden_origin"
    with connect(server.stream_url(person.id), origin="https://a.example") as socket:
        socket.send(json.dumps({"token": person.token}))
        assert read_after(socket, lambda: person.say("hi")) == ["You said: hi"]


def test_a_script_meets_the_limit_of_streams(
    serve: Callable[..., RunningServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ratelimits, "STREAMS_PER_CONVERSATION", 1)
    person = Person(serve())
    with person.stream() as first:
        person.say("one")
        assert texts(read(first)) == ["You said: one"]
        with person.stream() as second:
            assert read(second)["error"]["code"] == "rate_limited"
            assert closed_with(second) == 4429
    wait_until(lambda: not person.server.gateway.listeners[person.id])
    with person.stream() as third:
        assert texts(read(third)) == ["You said: one"]


def test_who_reads_slowly_holds_nobody_up_and_misses_nothing(server: RunningServer, person: Person) -> None:
    count, text = 2000, "x" * 10_000
    with person.stream() as slow:
        for _ in range(count):
            server.loop.call_soon_threadsafe(server.gateway.push, person.id, text)
        assert texts(Person(server).say("hello")) == ["You said: hello"]
        seen: list[int] = []
        while len(seen) < count:
            seen += [message["seq"] for message in read(slow)["messages"]]
    assert seen == [message.seq for message in server.gateway.conversations[person.id].messages]
