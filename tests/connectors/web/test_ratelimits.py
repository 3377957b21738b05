"""Whom the limits count as one."""

import pytest
from starlette.requests import HTTPConnection

from bot.errors import RequestError
from connectors.web import ratelimits
from connectors.web.ratelimits import OPENED_PER_ADDRESS, Limit, RateLimits


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


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_after_a_burst_they_go_through_evenly() -> None:
    clock = Clock()
    limit = Limit(40, 60, clock)
    assert [limit.hit("a") for _ in range(40)] == [0.0] * 40
    assert limit.hit("a") == pytest.approx(1.5)
    assert limit.hit("b") == 0
    clock.now += 1.5
    assert limit.hit("a") == 0
    assert limit.hit("a") == pytest.approx(1.5)
    clock.now += 60
    assert [limit.hit("a") for _ in range(40)] == [0.0] * 40


def test_who_is_turned_away_waits_no_longer_for_trying() -> None:
    clock = Clock()
    limit = Limit(2, 60, clock)
    waits = [limit.hit("a") for _ in range(100)]
    assert waits[2:] == [pytest.approx(30)] * 98


def test_a_person_never_meets_the_limit() -> None:
    clock = Clock()
    limit = Limit(ratelimits.MESSAGES_PER_CONVERSATION, ratelimits.MINUTE, clock)
    for _ in range(500):  # a button every two seconds, for a quarter of an hour
        assert limit.hit("somebody") == 0
        clock.now += 2


def test_what_is_over_is_forgotten() -> None:
    clock = Clock()
    limit = Limit(30, 60, clock)
    for number in range(10_000):
        limit.hit(str(number))
        clock.now += 0.01
    assert len(limit) <= 2048


def test_a_flood_of_addresses_takes_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ratelimits, "MOST_KNOWN", 2000)
    limit = Limit(1, 60, Clock())
    for number in range(20_000):
        limit.hit(str(number))
    assert len(limit) <= 2000
    assert limit.hit("19999") > 0


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
