"""A Rasa server over HTTP: one text in, what Rasa makes of it out."""

import asyncio
import logging
from collections.abc import Generator
from pathlib import Path

import httpx
from prometheus_client import Counter, Gauge
from pydantic import BaseModel, Field, ValidationError

from nlu.breaker import Breaker, CircuitOpenError
from nlu.types import Verdict

log = logging.getLogger(__name__)

TIMEOUT = 0.8
"""Seconds for an answer, which takes about 0.02; a person waits this long at most before the other engine answers."""
PAUSE = 5.0
"""Seconds until a server that failed is tried again."""
UP = Gauge("i2pcc_rasa_up", "Whether the Rasa server answers.", ["server"])
ASKED = Counter("i2pcc_rasa_requests", "Texts for Rasa, by what became of them.", ["outcome"])


class RasaAwayError(Exception):
    """The server does not answer in time, or not with what a model of ours gives."""


class Ranked(BaseModel):
    """An intent with its calibrated confidence."""

    name: str
    confidence: float


class Named(BaseModel):
    """An entity; `start` and `end` count in the text that was asked about."""

    entity: str
    value: str
    start: int
    end: int


class Answer(BaseModel):
    """What the pipeline in nlu/rasa gives."""

    intent_ranking: list[Ranked] = Field(min_length=1)
    entities: list[Named] = []
    verdict: Verdict
    out_of_scope: float


class RasaServer:
    """One server, asked over connections that are kept. A circuit breaker spares a server that fails.

    `token_file` holds the token that the server wants; it is read anew when the token is refused.
    """

    def __init__(self, url: str, token_file: Path, timeout: float = TIMEOUT, pause: float = PAUSE) -> None:
        self.url = url.rstrip("/")
        self._auth = _Token(token_file)
        self._timeout = timeout
        self._breaker = Breaker(pause, self._tell)
        self._client: httpx.AsyncClient | None = None
        self._reason = ""
        UP.labels(self.url).set(1)

    async def parse(self, text: str) -> Answer:
        """Ask about a text. Raises RasaAwayError."""
        try:
            with self._breaker.guard():
                answer = await self._ask(text)
        except (RasaAwayError, CircuitOpenError) as error:
            ASKED.labels("skipped" if isinstance(error, CircuitOpenError) else "failed").inc()
            raise RasaAwayError(self._reason) from error
        ASKED.labels("answered").inc()
        return answer

    async def reachable(self) -> bool:
        """Whether texts go to Rasa now. Asks it, unless it failed a moment ago."""
        try:
            with self._breaker.guard():
                await self._request("GET", "/status")
        except (RasaAwayError, CircuitOpenError):
            return False
        return True

    async def close(self) -> None:
        """Close the connections; the next request opens new ones."""
        if self._client:
            await self._client.aclose()
            self._client = None

    async def _ask(self, text: str) -> Answer:
        response = await self._request("POST", "/model/parse", {"text": text})
        try:
            return Answer.model_validate_json(response.content)
        except ValidationError as error:
            raise self._away("it answers, but its model was not trained by `rasa train`") from error

    async def _request(self, method: str, path: str, body: dict[str, str] | None = None) -> httpx.Response:
        if self._client is None:
            self._client = httpx.AsyncClient(base_url=self.url, auth=self._auth, trust_env=False)
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._client.request(method, path, json=body)
        except TimeoutError as error:
            raise self._away(f"no answer within {self._timeout} s") from error
        except httpx.HTTPError as error:
            raise self._away(type(error).__name__) from error
        if response.status_code != httpx.codes.OK:
            raise self._away(f"status {response.status_code}")
        return response

    def _away(self, reason: str) -> RasaAwayError:
        self._reason = reason
        return RasaAwayError(reason)

    def _tell(self, up: bool) -> None:
        UP.labels(self.url).set(up)
        if up:
            log.info("Rasa is back at %s and understands again", self.url)
        else:
            log.warning("Rasa is away at %s (%s); the embedded engine answers meanwhile", self.url, self._reason)


class _Token(httpx.Auth):
    """Rasa takes its token as a part of the address alone. The file may be made, or made anew, at any time."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._token = ""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if not self._token:
            self._read()
        request.url = request.url.copy_set_param("token", self._token)
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED and self._read():
            request.url = request.url.copy_set_param("token", self._token)
            yield request

    def _read(self) -> bool:
        """Whether there is another token than the one in use."""
        known, self._token = self._token, self._file.read_text("ascii").strip() if self._file.is_file() else ""
        return self._token != known
