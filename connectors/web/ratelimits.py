"""How much one conversation or one address may ask. A person never meets these limits, a script does."""

import math
import time
from ipaddress import IPv6Address, IPv6Network, ip_address

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import HTTPConnection

from bot.errors import RequestError

OPENED_PER_ADDRESS = RateLimitItemPerMinute(30, namespace="opened")
MESSAGES_PER_ADDRESS = RateLimitItemPerMinute(240, namespace="address")
MESSAGES_PER_CONVERSATION = RateLimitItemPerMinute(40, namespace="conversation")
FILES_PER_ADDRESS = RateLimitItemPerHour(100, namespace="files_of_address")
FILES_PER_CONVERSATION = RateLimitItemPerHour(30, namespace="files_of_conversation")


class RateLimits:
    """Counts in this process alone: each replica lets through its own share."""

    def __init__(self, enabled: bool) -> None:
        self.enabled = enabled
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def opening(self, connection: HTTPConnection) -> None:
        """Count a conversation opened. Raises RequestError 429."""
        await self._hit(OPENED_PER_ADDRESS, _address(connection))

    async def message(self, connection: HTTPConnection, conversation: str) -> None:
        """Count a message. Raises RequestError 429."""
        await self._hit(MESSAGES_PER_ADDRESS, _address(connection))
        await self._hit(MESSAGES_PER_CONVERSATION, conversation)

    async def file(self, connection: HTTPConnection, conversation: str) -> None:
        """Count a file. Raises RequestError 429."""
        await self._hit(FILES_PER_ADDRESS, _address(connection))
        await self._hit(FILES_PER_CONVERSATION, conversation)

    async def _hit(self, limit: RateLimitItem, who: str) -> None:
        if not self.enabled or await self._limiter.hit(limit, who):
            return
        reset, _ = await self._limiter.get_window_stats(limit, who)
        wait = max(1, math.ceil(reset - time.time()))
        raise RequestError(429, "rate_limited", "too many requests", retry_after=wait)


def _address(connection: HTTPConnection) -> str:
    host = connection.client.host if connection.client else "unknown"
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    # One subscriber of IPv6 has at least a whole /64.
    return str(address.ipv4_mapped or IPv6Network((address, 64), strict=False))
