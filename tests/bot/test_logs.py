"""No log line gives away a token or what a person wrote."""

import logging

import pytest

from bot.logs import configure

PRIVATE = "jan@example.org"


@pytest.fixture(autouse=True)
def logging_as_before() -> object:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before, level


def test_an_errors_own_words_stay_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure("DEBUG")
    try:
        raise ValueError(f"cannot read {PRIVATE}")
    except ValueError:
        logging.getLogger("some.library").exception("it failed")
    logged = capsys.readouterr().err
    assert "it failed (ValueError at test_logs.py:" in logged
    assert PRIVATE not in logged


@pytest.mark.parametrize("token", ["bot123456:AAH-abcdefghijklmnopqrstuv", "xoxb-1-abc", "xapp-1-A-b", "Bearer s3cret"])
def test_a_token_in_a_librarys_words_stays_out(token: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure("DEBUG")
    logging.getLogger("some.library").info("calling %s", f"https://api.example/{token}/x")
    assert token not in capsys.readouterr().err
