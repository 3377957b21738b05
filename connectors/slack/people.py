"""Names of the workspace's members, as best as can be found in a moment."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

_PATIENCE = 1.0
"""Seconds: Slack wants an acknowledgement within three."""


class People:
    """Looks names up once and keeps them."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._names: dict[str, str] = {}

    async def name(self, user: str, fallback: str) -> str:
        """The display name of a user id, or `fallback` when Slack does not tell in time."""
        with suppress(SlackApiError, ClientError, TimeoutError):
            if user not in self._names:
                self._names[user] = await asyncio.wait_for(self._ask(user), _PATIENCE)
        return self._names.get(user) or fallback

    async def names(self, users: Iterable[str]) -> dict[str, str]:
        """Names of several users by id; the unknown ones are absent."""
        wanted = list(users)
        found = await asyncio.gather(*(self.name(user, "") for user in wanted))
        return {user: name for user, name in zip(wanted, found, strict=True) if name}

    async def _ask(self, user: str) -> str:
        info = (await self._client.users_info(user=user))["user"]
        profile = info.get("profile") or {}
        return str(profile.get("display_name") or profile.get("real_name") or info.get("name") or "")
