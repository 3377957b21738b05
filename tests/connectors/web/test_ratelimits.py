"""Whom the limits count as one."""

import pytest
from starlette.requests import HTTPConnection

from bot.errors import RequestError
from connectors.limit import Limit
from connectors.web import ratelimits
from connectors.web.ratelimits import OPENED_PER_ADDRESS, RateLimits


def coming_from(host: str) -> HTTPConnection:
    return HTTPConnection({"type": "http", "headers": [], "client": (host, 40000)})


def opened_from(*hosts: str) -> int:
    """How many of the openings pass."""
    limits = RateLimits(enabled=True)
    for number, host in enumerate(hosts):
        try:
            limits.opening(coming_from(host))
        except RequestError:
            return number
    return len(hosts)


MANY = range(OPENED_PER_ADDRESS + 1)


@pytest.mark.parametrize("pattern", ["2001:db8:1:2::{:x}", "::ffff:192.0.2.7", "192.0.2.7", "testclient"])
def test_one_subscriber_is_one(pattern: str) -> None:
    assert opened_from(*(pattern.format(n) for n in MANY)) == OPENED_PER_ADDRESS


@pytest.mark.parametrize("pattern", ["2001:db8:1:{:x}::1", "::ffff:192.0.2.{}", "192.0.2.{}"])
def test_neighbours_do_not_share(pattern: str) -> None:
    assert opened_from(*(pattern.format(n) for n in MANY)) == len(MANY)


def test_a_person_never_meets_the_limit() -> None:
    limit = Limit(ratelimits.MESSAGES_PER_CONVERSATION, ratelimits.MINUTE)
    for number in range(500):  # a button every two seconds, for a quarter of an hour
        assert limit.hit("somebody", 2 * number) == 0


def test_streams_are_counted_while_they_are_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ratelimits, "STREAMS_PER_CONVERSATION", 2)
    monkeypatch.setattr(ratelimits, "STREAMS_PER_ADDRESS", 3)
    limits, office = RateLimits(enabled=True), coming_from("192.0.2.7")
    with limits.stream(office, "a"), limits.stream(office, "a"):
        with pytest.raises(RequestError) as refused, limits.stream(office, "a"):
            pass
        assert refused.value.status == 429
        with limits.stream(office, "b"), pytest.raises(RequestError), limits.stream(office, "c"):
            pass
        with limits.stream(coming_from("192.0.2.8"), "c"):
            pass
    with limits.stream(office, "a"), limits.stream(office, "a"):
        pass
