"""The WebSocket that brings new messages of one conversation."""

import asyncio
from contextlib import closing, suppress

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from bot.errors import RequestError
from bot.ports import Gateway, Subscription
from connectors.web.metrics import OPEN_STREAMS
from connectors.web.problems import error_body, log_unexpected
from connectors.web.ratelimits import RateLimits
from connectors.web.requests import StreamBody, parse

FIRST_FRAME_SECONDS = 10.0
RECHECK_SECONDS = 60.0
"""A stream looks for news by itself this often, so that a lost wake-up costs a minute and not the message."""

LARGEST = 50
"""Messages in a frame: clients refuse frames over a megabyte."""


class Stream:
    """The endpoint /api/conversations/{id}/stream.

    The first frame is {"token", "after"}; frames after it are ignored. Each frame sent is a reply as GET
    messages gives it. An error is a frame as HTTP writes it, then a close with 4000 + the HTTP status.
    """

    def __init__(self, gateway: Gateway, limits: RateLimits) -> None:
        self._gateway = gateway
        self._limits = limits

    async def serve(self, socket: WebSocket) -> None:
        """Serve one socket until either side ends it."""
        await socket.accept()
        with OPEN_STREAMS.track_inprogress(), suppress(WebSocketDisconnect, WebSocketDisconnected):
            try:
                await self._converse(socket)
            except RequestError as error:
                await _refuse(socket, error)
            except (WebSocketDisconnect, WebSocketDisconnected):
                raise
            except Exception as error:
                log_unexpected(error)
                await _refuse(socket, RequestError(500, "internal", ""))

    async def _converse(self, socket: WebSocket) -> None:
        conversation: str = socket.path_params["id"]
        self._limits.request(socket)
        first = await _first_frame(socket)
        await self._gateway.authorise(conversation, first.token)
        with (
            self._limits.stream(socket, conversation),
            closing(self._gateway.subscribe(conversation)) as subscription,
        ):
            tasks = [
                asyncio.create_task(self._follow(socket, conversation, first.after, subscription)),
                asyncio.create_task(_until_gone(socket)),
            ]
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _follow(self, socket: WebSocket, conversation: str, after: int, subscription: Subscription) -> None:
        owner = None
        while True:
            reply = await self._gateway.messages_after(conversation, after, LARGEST)
            if reply.messages or owner not in (None, reply.owner):
                await socket.send_json(reply.as_json())
            after = max([after, *(message.seq for message in reply.messages)])
            owner = reply.owner
            if reply.more:
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(RECHECK_SECONDS):
                    await subscription.wait()


async def _first_frame(socket: WebSocket) -> StreamBody:
    try:
        message = await asyncio.wait_for(socket.receive(), FIRST_FRAME_SECONDS)
    except TimeoutError:
        raise RequestError(408, "timeout", "the first frame with the token did not come") from None
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message["code"])
    return parse(StreamBody, message.get("text") or message.get("bytes") or "")


async def _until_gone(socket: WebSocket) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def _refuse(socket: WebSocket, error: RequestError) -> None:
    await socket.send_json(error_body(socket, error))
    await socket.close(4000 + error.status, error.code)
