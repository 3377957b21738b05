"""How fast one chat may write. A person never meets the limit, a script does."""

from datetime import UTC, datetime

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter
from telegram import Update

PER_CHAT = RateLimitItemPerMinute(40, namespace="telegram")


class Pace:
    """Counts what a chat sent by the minute in which it was sent.

    So what piled up while the assistant was away, and arrives at once, is not taken for a flood.
    """

    def __init__(self, enabled: bool) -> None:
        self._enabled = enabled
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    async def allows(self, address: str, update: Update) -> bool:
        """Whether the chat has not yet sent too much in that minute."""
        return not self._enabled or await self._limiter.test(PER_CHAT, address, _minute(update))

    async def count(self, address: str, update: Update) -> None:
        """Count an update that was taken in."""
        if self._enabled:
            await self._limiter.hit(PER_CHAT, address, _minute(update))


def _minute(update: Update) -> str:
    message = update.message or update.edited_message
    # A pressed button has no time of its own.
    sent = (message.edit_date or message.date) if message else datetime.now(UTC)
    return f"{sent:%Y-%m-%dT%H:%M}"
