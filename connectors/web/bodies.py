"""How much, and for how long, a client may send before anything reads it: whoever it says it is."""

import asyncio
import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.errors import RequestError
from bot.filetypes import MAX_FILE

MAX_BODY = 1024 * 1024
"""Bytes; room for what Slack and Telegram post. The API itself takes far less."""
BODY_SECONDS = 20.0
UPLOAD = re.compile(r"/api/conversations/[^/]+/files")
MAX_UPLOAD = MAX_FILE + MAX_BODY
"""Bytes; more than the API takes, so that it is the one to say so."""
UPLOAD_SECONDS = 120.0


class BodyLimits:
    """Stops reading a request that is too long or too slow. Its reader meets RequestError 413 or 408."""

    def __init__(self, app: ASGIApp, max_body: int = MAX_BODY, seconds: float = BODY_SECONDS) -> None:
        self.app = app
        self.max_body = max_body
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        max_body, seconds = self.max_body, self.seconds
        if UPLOAD.fullmatch(scope["path"]):
            max_body, seconds = MAX_UPLOAD, UPLOAD_SECONDS
        deadline = asyncio.get_running_loop().time() + seconds
        size, complete = 0, False

        async def limited() -> Message:
            nonlocal size, complete
            if complete:  # what comes now is the end of the connection
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                raise RequestError(408, "timeout", f"the body has to come within {seconds:g} s") from None
            size += len(message.get("body", b""))
            if size > max_body:
                raise RequestError(413, "too_long", f"the body may have {max_body} bytes")
            complete = not message.get("more_body", False)
            return message

        await self.app(scope, limited, send)
