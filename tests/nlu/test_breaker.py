import pytest

from nlu.breaker import Breaker, CircuitOpenError

PAUSE = 5.0


class Circuit:
    """A breaker with a clock of its own, and what it told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.told: list[bool] = []
        self.breaker = Breaker(PAUSE, self.told.append, lambda: self.now)

    def call(self, *, fails: bool) -> None:
        with self.breaker.guard():
            if fails:
                raise ValueError


@pytest.fixture
def circuit() -> Circuit:
    return Circuit()


def test_a_failure_spares_the_server_for_a_while(circuit: Circuit) -> None:
    circuit.call(fails=False)
    with pytest.raises(ValueError):
        circuit.call(fails=True)
    circuit.now += PAUSE - 0.1
    with pytest.raises(CircuitOpenError):
        circuit.call(fails=False)
    circuit.now += 0.2
    circuit.call(fails=False)
    circuit.call(fails=False)
    assert circuit.told == [False, True]


def test_a_server_that_stays_away_is_told_once(circuit: Circuit) -> None:
    for _ in range(3):
        with pytest.raises(ValueError):
            circuit.call(fails=True)
        circuit.now += PAUSE
    assert circuit.told == [False]


def test_one_caller_tries_while_the_others_go_on(circuit: Circuit) -> None:
    with pytest.raises(ValueError):
        circuit.call(fails=True)
    circuit.now += PAUSE
    with circuit.breaker.guard():
        with pytest.raises(CircuitOpenError):
            circuit.call(fails=False)
        assert circuit.told == [False]
    assert circuit.breaker.closed


def test_calls_that_fail_together_are_told_once(circuit: Circuit) -> None:
    with pytest.raises(ValueError), circuit.breaker.guard(), circuit.breaker.guard():
        raise ValueError
    assert circuit.told == [False]


def test_who_is_interrupted_says_nothing_of_the_server(circuit: Circuit) -> None:
    with pytest.raises(ValueError):
        circuit.call(fails=True)
    circuit.now += PAUSE
    with pytest.raises(KeyboardInterrupt), circuit.breaker.guard():
        raise KeyboardInterrupt
    assert not circuit.breaker.closed
    circuit.call(fails=False)
    assert circuit.told == [False, True]
