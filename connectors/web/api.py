"""The HTTP side of the web contract."""

import re
import time
import uuid
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.errors import RequestError
from bot.ports import File, Gateway, Incoming, Reply
from bot.settings import Settings
from connectors.web.languages import preferred, served
from connectors.web.metrics import TURN_SECONDS, TURNS
from connectors.web.ratelimits import RateLimits
from connectors.web.requests import MessageBody, OpenBody, bearer, client_id, cursor, file_name, read_file, read_json

CHANNEL = "web"
MOST_WAITING = 1000
"""Messages under way at a time, some twenty seconds of work. Who comes then is asked to come again."""
PRIVATE = {"Cache-Control": "no-store"}


class Api:
    """The endpoints under /api, one method each."""

    def __init__(self, gateway: Gateway, settings: Settings, limits: RateLimits) -> None:
        self._gateway = gateway
        self._max_text = settings.max_text
        self._limits = limits
        self._waiting = 0

    async def open(self, request: Request) -> Response:
        """POST /api/conversations."""
        self._limits.opening(request)
        body = await read_json(request, OpenBody)
        opened = await self._gateway.open(served(body.language or ""))
        return JSONResponse({"id": opened.id, "token": opened.token}, headers=PRIVATE)

    async def send(self, request: Request) -> Response:
        """POST /api/conversations/{id}/messages."""
        conversation = await self._authorised(request)
        body = await read_json(request, MessageBody)
        if len(body.text or "") > self._max_text:
            raise RequestError(413, "too_long", f"a text may have {self._max_text} characters")
        self._limits.message(request, conversation)
        incoming = Incoming(
            channel=CHANNEL,
            address=conversation,
            external_id=f"{conversation}:{body.client_id or uuid.uuid4()}",
            kind="payload" if body.payload else "text",
            text=body.text or "",
            payload=body.payload or "",
            again=body.again,
        )
        return JSONResponse((await self._answer(incoming)).as_json(), headers=PRIVATE)

    async def attach(self, request: Request) -> Response:
        """POST /api/conversations/{id}/files?client_id=…: the file as it is, its name in Content-Disposition.

        The name stands in a header because addresses are written into logs.
        """
        conversation = await self._authorised(request)
        self._limits.file(request, conversation)
        incoming = Incoming(
            channel=CHANNEL,
            address=conversation,
            external_id=f"{conversation}:{client_id(request) or uuid.uuid4()}",
            kind="attachment",
            file=File(file_name(request), await read_file(request)),
        )
        return JSONResponse((await self._answer(incoming)).as_json(), headers=PRIVATE)

    async def messages(self, request: Request) -> Response:
        """GET /api/conversations/{id}/messages?after=SEQ: a page; with "more", others follow its last."""
        conversation = await self._authorised(request)
        reply = await self._gateway.messages_after(conversation, cursor(request))
        return JSONResponse(reply.as_json(), headers=PRIVATE)

    async def export(self, request: Request) -> Response:
        """GET /api/conversations/{id}/export."""
        conversation = await self._authorised(request)
        export = await self._gateway.export(conversation)
        plain = re.sub(r"[^A-Za-z0-9._-]", "_", export.filename)
        disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(export.filename, safe='')}"
        headers = {**PRIVATE, "Content-Disposition": disposition}
        return Response(export.content, media_type="application/json", headers=headers)

    async def sources(self, request: Request) -> Response:
        """GET /api/sources?language=…, default the browser's own."""
        asked = served(request.query_params.get("language", ""))
        language = asked or preferred(request.headers.get("accept-language", ""))
        headers = {"Cache-Control": "max-age=300", "Vary": "Accept-Language"}
        return JSONResponse({"sources": self._gateway.sources(language)}, headers=headers)

    async def _answer(self, incoming: Incoming) -> Reply:
        if self._waiting >= MOST_WAITING:
            raise RequestError(503, "busy", "too many people wait for an answer", retry_after=5)
        started = time.perf_counter()
        self._waiting += 1
        try:
            reply = await self._gateway.reply_to(incoming)
        finally:
            self._waiting -= 1
        TURNS.inc()
        TURN_SECONDS.observe(time.perf_counter() - started)
        return reply

    async def _authorised(self, request: Request) -> str:
        self._limits.request(request)
        conversation: str = request.path_params["id"]
        await self._gateway.authorise(conversation, bearer(request))
        return conversation
