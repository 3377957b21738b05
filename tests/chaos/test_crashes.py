"""A short crash test on each database; `python -m tests.chaos` runs a long one. See docs/reliability.md."""

import pytest

from tests.chaos.run import run

KILLS = 4
SEED = 20


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_nothing_is_lost_doubled_or_stuck(database: str) -> None:
    report = run(database, KILLS, SEED)
    assert not report.problems, str(report)
    assert report.figures["kills"] == KILLS
    assert report.figures["conversations on the web"]
    assert report.figures["conversations on Telegram"]
