"""The sign-in to Slack, and the line on which coordinators' actions come when there is no public address."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from aiohttp import ClientError
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SetupError
from bot.ports import Retry
from bot.settings import Settings
from connectors.slack.failures import TOKEN_ERRORS, advice, error_code
from connectors.slack.socket_mode import socket_handler

log = logging.getLogger(__name__)

_LONGEST_PAUSE = 60.0
_FIRST_LINE = 5.0


class Connection:
    """Connects the app to its workspace, and goes on trying while that cannot be reached."""

    def __init__(self, settings: Settings, client: AsyncWebClient) -> None:
        self._settings = settings
        self._client = client
        self._identity: AuthorizeResult | None = None
        self._socket: AsyncSocketModeHandler | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def identity(self) -> AuthorizeResult:
        """Who we are in the workspace. Raises Retry before that is known."""
        if self._identity is None:
            raise Retry("not signed in to Slack yet")
        return self._identity

    async def start(self, app: AsyncApp) -> None:
        """Sign in and listen, in the background when Slack cannot be reached now.

        Raises SetupError when a setting is missing or Slack refuses a token.
        """
        self._check_settings()
        try:
            await self._connect(app)
        except (ClientError, TimeoutError, SlackApiError) as error:
            log.warning("Slack cannot be reached (%s); trying again in the background", type(error).__name__)
            self._spawn(self._keep_connecting(app))

    async def stop(self) -> None:
        """Close the line."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._socket is not None:
            await self._socket.close_async()  # type: ignore[no-untyped-call]
            self._socket = None

    def _check_settings(self) -> None:
        settings = self._settings
        if settings.slack_bot_token is None:
            raise SetupError("set I2PCC_SLACK_BOT_TOKEN to the app's bot token (xoxb-…)")
        if not settings.slack_channel:
            raise SetupError("set I2PCC_SLACK_CHANNEL to the id (C…) of the channel where intakes are posted")
        if settings.slack_app_token is None and settings.slack_signing_secret is None:
            raise SetupError(
                "set I2PCC_SLACK_APP_TOKEN (xapp-…, Socket Mode) or I2PCC_SLACK_SIGNING_SECRET (HTTP) "
                "so that coordinators' actions arrive"
            )

    async def _connect(self, app: AsyncApp) -> None:
        await self._sign_in()
        await self._listen(app)
        await self._check_channel()

    async def _sign_in(self) -> None:
        try:
            who = await self._client.auth_test()
        except SlackApiError as error:
            if (code := error_code(error)) in TOKEN_ERRORS:
                raise SetupError(
                    f"Slack refuses I2PCC_SLACK_BOT_TOKEN ({code}): copy the Bot User OAuth Token (xoxb-…) "
                    "from “OAuth & Permissions” of the app"
                ) from None
            raise
        self._identity = AuthorizeResult(
            enterprise_id=who.get("enterprise_id"),
            team_id=who.get("team_id"),
            bot_user_id=who.get("user_id"),
            bot_id=who.get("bot_id"),
            bot_token=self._client.token,
        )

    async def _listen(self, app: AsyncApp) -> None:
        token = self._settings.slack_app_token
        if token is None or self._socket is not None:
            return
        try:
            self._socket = await socket_handler(app, token.get_secret_value(), self._client)
        except SlackApiError as error:
            if (code := error_code(error)) in TOKEN_ERRORS | {"missing_scope"}:
                raise SetupError(
                    f"Slack refuses I2PCC_SLACK_APP_TOKEN ({code}): make an app-level token (xapp-…) with "
                    "connections:write under “Basic Information” of the app"
                ) from None
            raise
        line = self._spawn(self._socket.connect_async())  # type: ignore[no-untyped-call]
        await asyncio.wait({line}, timeout=_FIRST_LINE)

    async def _check_channel(self) -> None:
        try:
            await self._client.conversations_history(channel=self._settings.slack_channel or "", limit=1)
        except SlackApiError as error:
            if (what_to_do := advice(code := error_code(error))) is not None:
                log.error("Slack's channel cannot be used (%s): %s", code, what_to_do)

    async def _keep_connecting(self, app: AsyncApp) -> None:
        pause = 1.0
        while True:
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
            try:
                await self._connect(app)
            except SetupError as error:
                log.error("%s", error)
            except (ClientError, TimeoutError, SlackApiError):
                continue
            else:
                log.info("Slack is connected")
                return

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
