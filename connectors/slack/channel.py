"""Slack as the coordinators' channel: cards and transcripts out, claims and replies in."""

import time
from collections.abc import Sequence
from datetime import datetime

from pydantic import SecretStr
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.ports import Delivery, Gateway, Retry, Sent, Undeliverable
from bot.settings import Settings
from connectors.slack.cards import Card, build_card
from connectors.slack.connection import Connection
from connectors.slack.erasing import Eraser
from connectors.slack.failures import delivery_errors, elsewhere
from connectors.slack.files import UPLOAD_SECONDS, Files
from connectors.slack.inbound import Inbound, build_app
from connectors.slack.labels import load_labels
from connectors.slack.logs import sdk_logger
from connectors.slack.posts import Post, Posted, Poster
from connectors.slack.transcript import alert, attributed, transcript
from connectors.slack.wording import Names

_TIMEOUT = 15
_CLOCK_SKEW = 600.0
_LOOK_BACK = 30 * 86_400.0
"""Seconds: how old a message of unknown outcome can be when its person is erased."""


class SlackChannel:
    """Implements `bot.ports.Channel`. `names` gives the name of a topic or an option in a language."""

    name = "slack"

    def __init__(self, settings: Settings, gateway: Gateway, names: Names) -> None:
        self._settings = settings
        self._names = names
        self._labels = load_labels()
        self._client = _client(settings, _TIMEOUT)
        self._poster = Poster(self._client)
        self._files = Files(_client(settings, UPLOAD_SECONDS))
        self._eraser = Eraser(self._client, self._files)
        self._connection = Connection(settings, self._client)
        self._app = build_app(
            Inbound(gateway, self._client, self._labels),
            self._connection.identity,
            settings.slack_base_url,
            _secret(settings.slack_signing_secret),
        )

    def routes(self) -> list[Route]:
        """Addresses for Slack's signed requests; none without a signing secret."""
        if self._settings.slack_signing_secret is None:
            return []
        handler = AsyncSlackRequestHandler(self._app)

        async def endpoint(request: Request) -> Response:
            return await handler.handle(request)

        paths = ("/slack/events", "/slack/interactions")
        return [Route(path, endpoint, methods=["POST"]) for path in paths]

    async def start(self) -> None:
        """Sign in and listen. Without a network the assistant runs on and this goes on trying.

        Raises SetupError when a setting is missing or Slack refuses a token.
        """
        await self._connection.start(self._app)

    async def stop(self) -> None:
        """Close the line; what is not acknowledged yet comes again after the next start."""
        await self._connection.stop()

    async def send(self, delivery: Delivery) -> Sent:
        """Send one outbox row to the coordinators. Raises Retry, Outage or Undeliverable."""
        if delivery.kind == "card":
            return await self._send_card(delivery)
        if delivery.kind == "erase":
            return await self._erase(delivery)
        if delivery.kind == "alert" and delivery.thread is None:
            return await self._post(delivery, [Post(alert(delivery.body, self._labels))])
        if delivery.kind not in ("card_update", "transcript", "relay", "file", "alert"):
            raise Undeliverable(f"Slack takes no {delivery.kind}")
        if delivery.thread is None:
            raise Retry("the card does not stand in Slack yet")
        with elsewhere(delivery.thread[0], self._settings.slack_channel or ""):
            return await self._into_thread(delivery, delivery.thread)

    async def _into_thread(self, delivery: Delivery, thread: tuple[str, str]) -> Sent:
        if delivery.kind == "card_update":
            return await self._update_card(delivery, thread)
        if delivery.kind == "file":
            return Sent({"files": [await self._files.upload(delivery, thread)]})
        return _sent(await self._poster.thread(delivery, thread, self._thread_posts(delivery)))

    def _thread_posts(self, delivery: Delivery) -> list[Post]:
        body = delivery.body
        if delivery.kind == "transcript":
            return [Post(text) for text in transcript(body["lines"], self._labels)]
        if delivery.kind == "alert":
            return [Post(alert(body, self._labels))]
        author = self._labels.authors.get(body["author"], str(body["author"]))
        said, event = str(body["text"]), self._labels.texts.get(body.get("event", ""), "")
        if said and event:
            author = f"{author} · {event}"
        return [Post(text) for text in attributed(author, said or event)]

    async def _send_card(self, delivery: Delivery) -> Sent:
        card = self._card(delivery)
        return await self._post(delivery, [Post(card.text, card.blocks), *(Post(text) for text in card.overflow)])

    async def _post(self, delivery: Delivery, posts: Sequence[Post]) -> Sent:
        since = datetime.fromisoformat(delivery.body["created_at"]).timestamp() - _CLOCK_SKEW
        posted = await self._poster.card(delivery, self._settings.slack_channel or "", posts, since)
        return _sent(posted)

    async def _update_card(self, delivery: Delivery, thread: tuple[str, str]) -> Sent:
        card, (channel, ts) = self._card(delivery), thread
        with delivery_errors():
            await self._client.chat_update(channel=channel, ts=ts, text=card.text, blocks=card.blocks, parse="none")
        return Sent({"channel": channel, "messages": [ts]}, thread)

    def _card(self, delivery: Delivery) -> Card:
        return build_card(delivery.body, self._names, self._labels)

    async def _erase(self, delivery: Delivery) -> Sent:
        known = [(str(message["channel"]), str(message["ts"])) for message in delivery.body["messages"]]
        uncertain = frozenset(delivery.body.get("uncertain") or ())
        await self._eraser.files(delivery.body.get("files") or ())
        await self._eraser.erase(known, uncertain, self._settings.slack_channel or "", time.time() - _LOOK_BACK)
        return Sent()


def _client(settings: Settings, seconds: int) -> AsyncWebClient:
    # No retry handlers: the outbox owns retries, and the SDK's own would send a message twice.
    return AsyncWebClient(
        token=_secret(settings.slack_bot_token),
        base_url=settings.slack_base_url,
        timeout=seconds,
        logger=sdk_logger(),
        retry_handlers=[],
    )


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value() if value else ""


def _sent(posted: Posted) -> Sent:
    thread = (posted.channel, posted.thread_ts) if posted.thread_ts else None
    return Sent({"channel": posted.channel, "messages": posted.messages}, thread)
