"""What coordinators do in Slack, passed to the bot before Slack is told that it arrived."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from aiohttp import ClientError
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Coordination, CoordinationKind, Gateway, Json
from connectors.slack.cards import CLAIM, RELEASE
from connectors.slack.labels import Labels
from connectors.slack.logs import sdk_logger
from connectors.slack.mrkdwn import mentioned, plain
from connectors.slack.people import People

log = logging.getLogger(__name__)

_WRITTEN = (None, "file_share", "thread_broadcast")
_NOTE = "note:"


class Inbound:
    """Turns Slack's payloads into coordinations. Whatever raises stays unacknowledged and comes again."""

    def __init__(self, gateway: Gateway, client: AsyncWebClient, labels: Labels) -> None:
        self._gateway = gateway
        self._client = client
        self._people = People(client)
        self._labels = labels
        self._in_order = asyncio.Lock()

    async def pressed(self, kind: CoordinationKind, body: Json) -> None:
        """A button of a card."""
        action, user = body["actions"][0], body["user"]
        name = str(user.get("name") or user.get("username") or user["id"])
        async with self._in_order:
            await self._gateway.coordinate(
                Coordination(
                    channel="slack",
                    external_id=f"{action['action_ts']}:{user['id']}:{action['action_id']}",
                    kind=kind,
                    actor_id=user["id"],
                    actor_name=await self._people.name(user["id"], name),
                    handoff_id=action["value"],
                )
            )

    async def written(self, event_id: str, event: Json, own_user: str | None) -> None:
        """A message; only what a person writes under one of our cards is passed on."""
        if not _reply_of_a_person(event, own_user):
            return
        text = str(event.get("text") or "")
        if text.lstrip().lower().startswith(_NOTE):
            return
        async with self._in_order:
            await self._pass_on(event_id, event, text)
        if event.get("files"):
            await self._tell_about_files(event)

    async def _pass_on(self, event_id: str, event: Json, text: str) -> None:
        writer = str(event["user"])
        names = await self._people.names(mentioned(text) | {writer})
        if spoken := plain(text, names):
            await self._gateway.coordinate(
                Coordination(
                    channel="slack",
                    external_id=event_id,
                    kind="reply",
                    actor_id=writer,
                    actor_name=names.get(writer, writer),
                    thread=(event["channel"], event["thread_ts"]),
                    text=spoken,
                )
            )

    async def _tell_about_files(self, event: Json) -> None:
        with suppress(SlackApiError, ClientError, TimeoutError):
            await asyncio.wait_for(
                self._client.chat_postEphemeral(
                    channel=event["channel"],
                    user=event["user"],
                    thread_ts=event["thread_ts"],
                    text=self._labels.texts["files_stay"],
                ),
                timeout=1,
            )


def _reply_of_a_person(event: Json, own_user: str | None) -> bool:
    return (
        bool(event.get("thread_ts"))
        and event.get("thread_ts") != event.get("ts")
        and bool(event.get("user"))
        and not event.get("bot_id")
        and event.get("subtype") in _WRITTEN
        and event.get("parent_user_id", own_user) == own_user
    )


def build_app(
    inbound: Inbound, identity: Callable[[], AuthorizeResult], base_url: str, signing_secret: str
) -> AsyncApp:
    """The Bolt app. `identity` gives who we are; while it raises, Slack gets no acknowledgement.

    The token comes by `identity` alone: given to Bolt, a failed auth.test would acknowledge the event
    and so lose it.
    """

    async def authorize() -> AuthorizeResult:
        return identity()

    app = AsyncApp(
        name="connectors.slack",
        logger=sdk_logger(),
        client=AsyncWebClient(base_url=base_url, timeout=10, logger=sdk_logger(), retry_handlers=[]),
        authorize=authorize,
        signing_secret=signing_secret,
        process_before_response=True,
        raise_error_for_unhandled_request=True,
    )

    @app.action(CLAIM)
    async def claim(ack: AsyncAck, body: Json) -> None:
        await inbound.pressed("claim", body)
        await ack()

    @app.action(RELEASE)
    async def release(ack: AsyncAck, body: Json) -> None:
        await inbound.pressed("release", body)
        await ack()

    @app.event("message")
    async def message(body: Json, context: dict[str, Any]) -> None:
        await inbound.written(body["event_id"], body["event"], context.get("bot_user_id"))

    @app.error
    async def failed(error: Exception) -> BoltResponse | None:
        if isinstance(error, BoltUnhandledRequestError):
            return BoltResponse(status=200)
        log.error("a coordinator's action could not be stored (%s); Slack will send it again", type(error).__name__)
        return None

    return app
