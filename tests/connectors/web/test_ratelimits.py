"""Whom the limits count as one."""

import pytest
from starlette.requests import HTTPConnection

from bot.errors import RequestError
from connectors.web.ratelimits import OPENED_PER_ADDRESS, RateLimits


def coming_from(host: str) -> HTTPConnection:
    return HTTPConnection({"type": "http", "headers": [], "client": (host, 40000)})


async def opened_from(*hosts: str) -> int:
    """How many of the openings pass."""
    limits = RateLimits(enabled=True)
    for number, host in enumerate(hosts):
        try:
            await limits.opening(coming_from(host))
        except RequestError:
            return number
    return len(hosts)


MANY = range(OPENED_PER_ADDRESS.amount + 1)


@pytest.mark.parametrize("pattern", ["2001:db8:1:2::{:x}", "::ffff:192.0.2.7", "192.0.2.7", "testclient"])
async def test_one_subscriber_is_one(pattern: str) -> None:
    assert await opened_from(*(pattern.format(n) for n in MANY)) == OPENED_PER_ADDRESS.amount


@pytest.mark.parametrize("pattern", ["2001:db8:1:{:x}::1", "::ffff:192.0.2.{}", "192.0.2.{}"])
async def test_neighbours_do_not_share(pattern: str) -> None:
    assert await opened_from(*(pattern.format(n) for n in MANY)) == len(MANY)
