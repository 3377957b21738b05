"""Telegram's webhook as it is: updates are posted side by side, so that one may arrive before an earlier one."""

import asyncio
from contextlib import suppress
from random import Random
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.fakes.telegram_server import Queues

_SLOW, _LONGEST = 0.3, 0.8
"""The share of updates that are slow to arrive, and by how many seconds at most."""
_DEAF = 0.08
"""How often the answer to a post is not waited for."""
_PATIENCE = 10.0


class Overtaking(Queues):
    """Posts each update until it is taken. Pauses are drawn by lot."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._random = Random(0)
        self._under_way: dict[int, asyncio.Task[None]] = {}

    async def deliver(self, token: str) -> int:
        """Set those going that are not under way; called again and again."""
        inbox = self._state(token)
        for update in inbox.updates if inbox.url else ():
            if id(update) not in self._under_way:
                self._under_way[id(update)] = asyncio.create_task(self._post(inbox, update))
        return 0

    async def _post(self, inbox: Any, update: Any) -> None:
        if self._random.random() < _SLOW:
            await asyncio.sleep(self._random.uniform(0, _LONGEST))
        deaf = self._random.random() < _DEAF
        limit = ClientTimeout(self._random.uniform(0.001, 0.1) if deaf else _PATIENCE)
        headers = {"X-Telegram-Bot-Api-Secret-Token": inbox.secret}
        with suppress(ClientError, TimeoutError):
            async with (
                ClientSession(timeout=limit) as client,
                client.post(inbox.url, json=update, headers=headers) as said,
            ):
                if said.status == 200 and update in inbox.updates:
                    inbox.updates.remove(update)
        del self._under_way[id(update)]
