"""The page at / and the files that the widget needs."""

import html
from importlib.resources import files
from string import Template

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.filetypes import ENDINGS, MAX_FILE
from bot.settings import Settings
from connectors.web.languages import preferred, served
from connectors.web.texts import texts

PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Vary": "Accept-Language",
    "Cache-Control": "no-cache",
}
EMBEDDED = {"Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "no-cache"}
"""The widget's files may be used by other sites and are checked for a newer version at each visit."""


COMPRESSED = [Middleware(GZipMiddleware, minimum_size=500)]


class EmbeddedFiles(StaticFiles):
    """Static files that other sites embed."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        """The file, with the headers of EMBEDDED."""
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers.update(EMBEDDED)
        return response


class Pages:
    """The routes outside /api that a browser asks for."""

    def __init__(self, settings: Settings) -> None:
        self._max_text = settings.max_text
        self._static = EmbeddedFiles(packages=[("connectors.web", "static")])
        self._page = Template((files("connectors.web") / "static" / "page.html").read_text(encoding="utf-8"))

    def routes(self) -> list[BaseRoute]:
        """The routes, in the order in which they are tried."""
        return [
            Route("/", self.page),
            Route("/widget.js", self.script, middleware=COMPRESSED),
            Route("/widget/texts.json", self.texts, middleware=COMPRESSED),
            Mount("/static", self._static, middleware=COMPRESSED),
        ]

    async def page(self, request: Request) -> Response:
        """GET /: a page with the widget in it, in the language of ?language= or of the browser."""
        asked = served(request.query_params.get("language", ""))
        language = asked or preferred(request.headers.get("accept-language", ""))
        words = {name: html.escape(text) for name, text in texts(language)["page"].items()}
        return HTMLResponse(self._page.substitute(words, language=language), headers=PAGE_HEADERS)

    async def script(self, request: Request) -> Response:
        """GET /widget.js: the one script to embed."""
        return await self._static.get_response("widget.js", request.scope)

    async def texts(self, request: Request) -> Response:
        """GET /widget/texts.json?language=…: the widget's own words, and what it may send at most."""
        asked = served(request.query_params.get("language", ""))
        language = asked or preferred(request.headers.get("accept-language", ""))
        body = {"language": language, "max_text": self._max_text, "max_file": MAX_FILE, "file_endings": ENDINGS}
        return JSONResponse({**body, **texts(language)["widget"]}, headers={**EMBEDDED, "Vary": "Accept-Language"})
