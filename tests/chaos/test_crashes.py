"""A short crash test on each database; `python -m tests.chaos` runs a long one. See docs/reliability.md."""

import pytest

from tests.chaos.run import Plan, run

KILLS = 4
SEED = 20
PLANS = [Plan("sqlite", KILLS, SEED, push=True), Plan("postgresql", KILLS, SEED, several=True)]


@pytest.mark.parametrize("plan", PLANS, ids=["sqlite, pushed to", "postgresql, three processes"])
def test_nothing_is_lost_doubled_or_stuck(plan: Plan) -> None:
    report = run(plan)
    assert not report.problems, str(report)
    assert report.figures["kills"] == KILLS
    assert report.figures["conversations on the web"]
    assert report.figures["conversations on Telegram"]
