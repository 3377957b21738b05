"""How much one conversation or one address may ask. A person never meets these limits, a script does."""

import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address

from starlette.requests import HTTPConnection

from bot.errors import RequestError
from connectors.limit import Limit

MINUTE, HOUR = 60.0, 3600.0
OPENED_PER_ADDRESS = 30
MESSAGES_PER_ADDRESS = 240
REQUESTS_PER_ADDRESS = 1200
"""A minute, of all kinds, also those that a wrong token or id turns away: a whole office behind one address."""
MESSAGES_PER_CONVERSATION = 40
FILES_PER_ADDRESS, FILES_PER_CONVERSATION = 100, 30
STREAMS_PER_ADDRESS, STREAMS_PER_CONVERSATION = 1000, 20
"""WebSockets at the same time."""


class RateLimits:
    """Counts in this process alone: each replica lets through its own share."""

    def __init__(self, enabled: bool) -> None:
        self.enabled = enabled
        self._requests = Limit(REQUESTS_PER_ADDRESS, MINUTE)
        self._opened = Limit(OPENED_PER_ADDRESS, MINUTE)
        self._messages_of_address = Limit(MESSAGES_PER_ADDRESS, MINUTE)
        self._messages = Limit(MESSAGES_PER_CONVERSATION, MINUTE)
        self._files_of_address = Limit(FILES_PER_ADDRESS, HOUR)
        self._files = Limit(FILES_PER_CONVERSATION, HOUR)
        self._streams: Counter[str] = Counter()

    def request(self, connection: HTTPConnection) -> None:
        """Count anything asked about a conversation, before its token is looked at. Raises RequestError 429."""
        self._hit(self._requests, _address(connection))

    def opening(self, connection: HTTPConnection) -> None:
        """Count a conversation opened. Raises RequestError 429."""
        self._hit(self._opened, _address(connection))

    def message(self, connection: HTTPConnection, conversation: str) -> None:
        """Count a message. Raises RequestError 429."""
        self._hit(self._messages_of_address, _address(connection))
        self._hit(self._messages, conversation)

    def file(self, connection: HTTPConnection, conversation: str) -> None:
        """Count a file. Raises RequestError 429."""
        self._hit(self._files_of_address, _address(connection))
        self._hit(self._files, conversation)

    @contextmanager
    def stream(self, connection: HTTPConnection, conversation: str) -> Iterator[None]:
        """Count a WebSocket while it is open. Raises RequestError 429."""
        most = {_address(connection): STREAMS_PER_ADDRESS, conversation: STREAMS_PER_CONVERSATION}
        if self.enabled and any(self._streams[who] >= limit for who, limit in most.items()):
            raise RequestError(429, "rate_limited", "too many streams", retry_after=int(MINUTE))
        self._streams.update(most.keys())
        try:
            yield
        finally:
            self._streams.subtract(most.keys())
            for who in most:
                if not self._streams[who]:
                    del self._streams[who]

    def _hit(self, limit: Limit, who: str) -> None:
        if self.enabled and (wait := limit.hit(who)):
            raise RequestError(429, "rate_limited", "too many requests", retry_after=math.ceil(wait))


def _address(connection: HTTPConnection) -> str:
    return _subscriber(connection.client.host if connection.client else "unknown")


@lru_cache(1024)
def _subscriber(host: str) -> str:
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    # One subscriber of IPv6 has at least a whole /64.
    return str(address.ipv4_mapped or IPv6Network((address, 64), strict=False))
