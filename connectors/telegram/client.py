"""The Bot API client: python-telegram-bot's, with raw updates and without secrets in the log."""

import logging
import os
from typing import cast

from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from bot.ports import Json

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
_READ_SECONDS = 20.0

# The library's own way to have durations as timedelta, without a deprecation warning at every 429.
os.environ.setdefault("PTB_TIMEDELTA", "1")


class Client(ExtBot[int]):
    """A bot that keeps to Telegram's limits and leaves retries to its callers.

    `base_url` stands before /bot… and /file/bot….
    """

    def __init__(self, token: str, base_url: str) -> None:
        _silence()
        base = base_url.rstrip("/")
        super().__init__(
            token.strip(),
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=HTTPXRequest(connection_pool_size=32, read_timeout=_READ_SECONDS, pool_timeout=10),
            get_updates_request=HTTPXRequest(connection_pool_size=1, pool_timeout=10),
            rate_limiter=AIORateLimiter(max_retries=0),
        )

    async def fetch(self, offset: int | None, seconds: int) -> list[Json]:
        """Updates from `offset` on, as they came; wait up to `seconds` for the first.

        A call confirms every update below `offset`. Raw, because `get_updates` reads a batch all or nothing:
        one update it cannot read would hold up all others, and be logged with its content.
        """
        data: Json = {"timeout": seconds, "allowed_updates": ALLOWED_UPDATES}
        if offset is not None:
            data["offset"] = offset
        return cast(list[Json], await self._post("getUpdates", data, read_timeout=seconds + _READ_SECONDS))


def _silence() -> None:
    """httpx writes the address, and with it the token; the library's debugging writes texts and chat ids."""
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # Every error of the library reaches a caller of ours, who tells it in his own words.
    logging.getLogger("telegram").setLevel(logging.CRITICAL)
