"""Updates that Telegram posts to us."""

import hmac
import logging
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.ports import Json

log = logging.getLogger(__name__)

PATH = "/telegram/webhook"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name


def route(secret: str, take: Callable[[Json], Awaitable[None]]) -> Route:
    """The webhook. It answers 200 once an update is committed, and 503 to have it sent again."""

    async def receive(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), secret.encode()):
            return Response(status_code=403)
        try:
            raw = await request.json()
        except ValueError:
            return Response(status_code=400)
        if not isinstance(raw, dict):
            return Response(status_code=400)
        try:
            await take(raw)
        except Exception as exc:
            log.warning("Telegram: an update could not be stored (%s) and will come again", type(exc).__name__)
            return Response(status_code=503)
        return Response(status_code=200)

    return Route(PATH, receive, methods=["POST"])
