"""The generic cell rate algorithm."""

import pytest

from connectors import limit as module
from connectors.limit import Limit


def test_after_a_burst_they_go_through_evenly() -> None:
    limit = Limit(40, 60)
    assert [limit.hit("a", 0) for _ in range(40)] == [0.0] * 40
    assert limit.hit("a", 0) == pytest.approx(1.5)
    assert limit.hit("b", 0) == 0
    assert limit.hit("a", 1.5) == 0
    assert limit.hit("a", 1.5) == pytest.approx(1.5)
    assert [limit.hit("a", 61.5) for _ in range(40)] == [0.0] * 40


def test_looking_counts_nothing() -> None:
    limit = Limit(1, 60)
    assert [limit.wait("a", 0), limit.wait("a", 0), limit.hit("a", 0)] == [0.0] * 3
    assert limit.wait("a", 15) == pytest.approx(45)


def test_who_is_turned_away_waits_no_longer_for_trying() -> None:
    limit = Limit(2, 60)
    waits = [limit.hit("a", 0) for _ in range(100)]
    assert waits[2:] == [pytest.approx(30)] * 98


def test_what_is_over_is_forgotten() -> None:
    limit = Limit(30, 60)
    for number in range(10_000):
        limit.hit(str(number), number / 100)
    assert len(limit) <= 2048


def test_a_flood_of_addresses_takes_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_KNOWN", 2000)
    limit = Limit(1, 60)
    for number in range(20_000):
        limit.hit(str(number), 0)
    assert len(limit) <= 2000
    assert limit.hit("19999", 0) > 0
