"""What the web server counts, for Prometheus."""

from prometheus_client import Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TURNS = Counter("i2pcc_web_turns", "Messages of persons answered over the web.")
TURN_SECONDS = Histogram("i2pcc_web_turn_seconds", "From a web message's arrival to its answer, in seconds.")
REQUESTS = Counter("i2pcc_web_requests", "HTTP requests.", ["method", "route", "status"])
OPEN_STREAMS = Gauge("i2pcc_web_open_streams", "WebSockets that follow a conversation now.")

METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}


class Counted:
    """Counts each HTTP request by its route, never by its address."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                method = scope["method"] if scope["method"] in METHODS else "other"
                route = getattr(scope.get("route"), "path", "other")
                REQUESTS.labels(method, route, message["status"]).inc()
            await send(message)

        await self.app(scope, receive, counted if scope["type"] == "http" else send)
