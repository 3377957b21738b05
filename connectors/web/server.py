"""The web server: the contract's routes, the page, health and metrics, in their middleware."""

from collections.abc import Awaitable, Callable, Sequence

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Lifespan, Message, Receive, Scope, Send

from bot.errors import RequestError
from bot.ports import Gateway
from bot.settings import Settings
from connectors.web.api import Api
from connectors.web.bodies import BodyLimits
from connectors.web.metrics import Counted
from connectors.web.origins import OriginGuard, allowed_origins
from connectors.web.pages import Pages
from connectors.web.problems import Boundary, error_body, http_problem, request_problem
from connectors.web.ratelimits import RateLimits
from connectors.web.stream import Stream

Ready = Callable[[], Awaitable[dict[str, bool]]]
Degraded = Callable[[], Awaitable[list[str]]]


async def _nothing() -> list[str]:
    return []


def build_app(
    gateway: Gateway,
    settings: Settings,
    *,
    extra_routes: Sequence[BaseRoute] = (),
    ready: Ready,
    degraded: Degraded = _nothing,
    lifespan: Lifespan[Starlette] | None = None,
) -> Starlette:
    """The ASGI application.

    `extra_routes` are other channels' webhooks; `ready` tells for each part whether it works, and the server
    is ready once all do; `degraded` names what is away while something else stands in for it.
    """
    origins = allowed_origins(settings)
    cross_origin = Middleware(
        CORSMiddleware,
        allow_origins=origins,
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type", "Content-Disposition"],
        expose_headers=["Retry-After", "Content-Disposition"],
    )
    return Starlette(
        routes=[
            *_api_routes(gateway, settings),
            *_operator_routes(ready, degraded),
            *Pages(settings).routes(),
            *extra_routes,
        ],
        middleware=[
            Middleware(Counted),
            Middleware(CommonHeaders),
            Middleware(OriginGuard, origins=origins),
            cross_origin,
            Middleware(Boundary),
            Middleware(BodyLimits),
        ],
        exception_handlers={RequestError: request_problem, HTTPException: http_problem},
        lifespan=lifespan,
    )


def _api_routes(gateway: Gateway, settings: Settings) -> list[BaseRoute]:
    limits = RateLimits(settings.rate_limit == "on")
    api = Api(gateway, settings, limits)
    conversation = "/api/conversations/{id}"
    return [
        Route("/api/conversations", api.open, methods=["POST"]),
        Route(f"{conversation}/messages", api.send, methods=["POST"]),
        Route(f"{conversation}/messages", api.messages, methods=["GET"]),
        Route(f"{conversation}/files", api.attach, methods=["POST"]),
        Route(f"{conversation}/export", api.export, methods=["GET"]),
        Route("/api/sources", api.sources, methods=["GET"]),
        WebSocketRoute(f"{conversation}/stream", Stream(gateway, limits).serve),
    ]


def _operator_routes(ready: Ready, degraded: Degraded) -> list[BaseRoute]:
    async def healthz(request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def readyz(request: Request) -> Response:
        parts = await ready()
        if all(parts.values()):
            return JSONResponse({"ready": True, "parts": parts, "degraded": await degraded()})
        missing = ", ".join(name for name, works in parts.items() if not works)
        error = RequestError(503, "not_ready", f"not ready: {missing}")
        return JSONResponse({"ready": False, "parts": parts, **error_body(request, error)}, 503)

    async def metrics(request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]


class CommonHeaders:
    """Headers that every response carries."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)
