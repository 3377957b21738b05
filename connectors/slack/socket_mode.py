"""Slack's Socket Mode: events over a websocket that we open, so no public address is needed."""

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from connectors.slack.logs import sdk_logger

PING_INTERVAL = 3.0
"""Seconds between pings; a line that was cut is opened again within one of them."""


async def socket_handler(app: AsyncApp, app_token: str, client: AsyncWebClient) -> AsyncSocketModeHandler:
    """A handler that holds a first ticket; its client's `connect` opens the line and keeps it open.

    Raises SlackApiError when Slack refuses the app token.
    """
    opened = await client.apps_connections_open(app_token=app_token)
    handler = AsyncSocketModeHandler(
        app, app_token, logger=sdk_logger(), web_client=client, ping_interval=PING_INTERVAL
    )
    socket = handler.client

    async def spend_ticket(*_: object) -> None:
        # A ticket opens one line. The client keeps a failed one and would try it for ever.
        socket.wss_uri = None

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(spend_ticket)
    await socket.aiohttp_client_session.close()
    socket.aiohttp_client_session = aiohttp.ClientSession(trace_configs=[trace])
    socket.wss_uri = str(opened["url"])
    return handler
