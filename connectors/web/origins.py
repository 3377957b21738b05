"""Which sites may talk to the server from a browser."""

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from bot.errors import RequestError
from bot.settings import Settings
from connectors.web.problems import problem


def allowed_origins(settings: Settings) -> list[str]:
    """The origins of the setting and of the server's own public address."""
    origins = [o.strip().rstrip("/") for o in settings.allowed_origins.split(",") if o.strip()]
    if settings.public_url:
        address = urlsplit(settings.public_url)
        origins.append(f"{address.scheme}://{address.netloc}")
    return origins


class OriginGuard:
    """Refuses browsers that come from a site which is not allowed.

    A request without an Origin header is no browser's cross-site request. The server's own page is known by
    the Host header, whatever scheme a proxy in front speaks.
    """

    def __init__(self, app: ASGIApp, origins: list[str]) -> None:
        self.app = app
        self.origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan" or self._allowed(HTTPConnection(scope)):
            await self.app(scope, receive, send)
            return
        error = RequestError(403, "forbidden_origin", "this site may not embed the assistant")
        response = problem(HTTPConnection(scope), error)
        if scope["type"] == "websocket":
            await WebSocket(scope, receive, send).send_denial_response(response)
        else:
            await response(scope, receive, send)

    def _allowed(self, connection: HTTPConnection) -> bool:
        origin = connection.headers.get("origin")
        if origin is None or "*" in self.origins or origin in self.origins:
            return True
        return urlsplit(origin).netloc == connection.headers.get("host")
