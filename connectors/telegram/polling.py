"""Long polling that confirms an update only once it is in the inbox."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.ports import Json
from connectors.telegram.client import Client

log = logging.getLogger(__name__)

POLL_SECONDS = 30
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0


class Poller:
    """Owns the offset of getUpdates. `take` raises when an update could not be committed."""

    def __init__(self, client: Client, take: Callable[[Json], Awaitable[None]]) -> None:
        self._client = client
        self._take = take
        self._offset: int | None = None
        self._failures = 0
        self._told = ""

    async def run(self) -> None:
        """Poll until cancelled."""
        while True:
            try:
                await self._round()
            except Exception as exc:
                await asyncio.sleep(self._pause(exc))
            else:
                self._recovered()

    async def _round(self) -> None:
        for raw in await self._client.fetch(self._offset, POLL_SECONDS):
            await self._take(raw)
            self._offset = raw["update_id"] + 1

    def _pause(self, exc: Exception) -> float:
        words = _words(exc)
        # After a takeover Telegram may still wait for the process that is gone.
        if words != self._told and not (isinstance(exc, Conflict) and not self._failures):
            log.warning("Telegram: %s; trying again", words)
            self._told = words
        self._failures += 1
        if isinstance(exc, RetryAfter):
            after = exc.retry_after
            return float(after) if isinstance(after, int) else after.total_seconds()
        return float(min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(self._failures - 1, 10)))

    def _recovered(self) -> None:
        if self._told:
            log.info("Telegram: updates arrive again")
        self._failures, self._told = 0, ""


def _words(exc: Exception) -> str:
    if isinstance(exc, Conflict):
        return "another program fetches this bot's updates; only one may: stop it, or give each its own token"
    if isinstance(exc, InvalidToken):
        return "the token is no longer accepted: set a new I2PCC_TELEGRAM_TOKEN and restart"
    if isinstance(exc, TelegramError):
        return f"updates cannot be fetched ({type(exc.__cause__ or exc).__name__})"
    return f"an update could not be stored ({type(exc).__name__}) and is not confirmed"
