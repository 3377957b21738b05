"""How uvicorn serves the application, and how much it takes in before a request's head is complete."""

import asyncio
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD = 64 * 1024
"""Bytes that may come without completing a head, a part of a body or a request; one read (256 KB) may go beyond."""
HEAD_SECONDS = 20.0
"""Time for the head of a request, from the connection or from its first byte on."""
MAX_FRAME = 64 * 1024
"""Bytes of a WebSocket's message."""
STOP_SECONDS = 5
"""Time for what is under way when the server is told to stop."""


class BoundedHttp(HttpToolsProtocol):
    """HTTP by httptools, which alone would gather endless headers, in quadratic time.

    uvicorn waits for ever for a head; a connection whose client is gone without a word would never end.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._incomplete = 0
        self._head_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came. Too much without an end is answered with 400, and the connection closed."""
        if self.timeout_keep_alive_task is not None:  # it was between two requests
            self._await_head()
        self._incomplete += len(data)
        super().data_received(data)
        if self._incomplete > MAX_HEAD and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def on_headers_complete(self) -> None:
        """Begin the request. Raises ValueError, which is answered with 400, for a body that would not be read."""
        self._incomplete = 0
        self._stop_waiting()
        # The parser stops at any Upgrade; what follows would be taken for another request.
        if self.parser.should_upgrade() and not self._should_upgrade() and _has_body(self.headers):
            raise ValueError("a body after an upgrade that is not supported")
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Go on with the request."""
        self._incomplete = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End the request."""
        self._incomplete = 0
        super().on_message_complete()

    def _await_head(self) -> None:
        self._stop_waiting()
        self._head_due = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._head_due:
            self._head_due.cancel()
            self._head_due = None


def _has_body(headers: list[tuple[bytes, bytes]]) -> bool:
    return any(n == b"transfer-encoding" or (n == b"content-length" and v.strip(b"0")) for n, v in headers)


def config(app: ASGIApp) -> uvicorn.Config:
    """The server's settings; the event loop and the log are its caller's."""
    return uvicorn.Config(
        app,
        http=BoundedHttp,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=STOP_SECONDS,
        ws_max_size=MAX_FRAME,
        # Browsers offer it each time; it would double the 38 KB of an idle WebSocket.
        ws_per_message_deflate=False,
    )
