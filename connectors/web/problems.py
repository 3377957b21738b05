"""Errors as the web contract writes them: {"error": {"code", "message"}}."""

import asyncio
import http
import logging
import traceback

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.errors import RequestError
from connectors.web.languages import preferred
from connectors.web.texts import error_text

log = logging.getLogger(__name__)

PERSON_CODES = {409: "conflict", 413: "too_long", 429: "rate_limited", 500: "internal", 503: "unavailable"}
"""Statuses that someone at the widget may meet, and the text that then explains."""


def problem(connection: HTTPConnection, error: RequestError) -> JSONResponse:
    """The response for an error, worded for a person where a person may see it."""
    body = error_body(connection, error)
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after is not None else None
    return JSONResponse(body, error.status, headers)


def error_body(connection: HTTPConnection, error: RequestError) -> dict[str, dict[str, str]]:
    """The body of `problem`, also sent as a WebSocket frame."""
    language = preferred(connection.headers.get("accept-language", ""))
    worded = error_text(error.code, language) or error_text(PERSON_CODES.get(error.status, ""), language)
    return {"error": {"code": error.code, "message": worded or error.message}}


async def request_problem(connection: HTTPConnection, error: Exception) -> JSONResponse:
    """Starlette's handler for a RequestError."""
    assert isinstance(error, RequestError)
    return problem(connection, error)


async def http_problem(connection: HTTPConnection, error: Exception) -> JSONResponse:
    """Starlette's handler for its own errors: unknown routes and methods."""
    assert isinstance(error, HTTPException)
    code = http.HTTPStatus(error.status_code).name.lower()
    response = problem(connection, RequestError(error.status_code, code, error.detail))
    response.headers.update(error.headers or {})
    return response


class Boundary:
    """Answers 500 to whatever nobody expected and logs where it happened.

    The exception's own words stay out of the log: those of a database repeat what a person wrote.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except ClientDisconnect:
            return  # nobody is left to answer, and nothing for an operator to mend
        except asyncio.CancelledError:
            # The server stops and waits no longer. What was taken in is answered when it is asked for again.
            if started:
                raise
            stopping = RequestError(503, "stopping", "", retry_after=1)
            await problem(HTTPConnection(scope), stopping)(scope, receive, send)
        except Exception as error:
            log_unexpected(error)
            if not started:
                failure = RequestError(500, "internal", "")
                await problem(HTTPConnection(scope), failure)(scope, receive, send)


def log_unexpected(error: Exception) -> None:
    """Log an error's type and place, without its message."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("unexpected %s\n%s", type(error).__name__, frames)
