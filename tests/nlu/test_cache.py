"""A cached model is read only when nobody else could have written it."""

from pathlib import Path

import pytest

from nlu.cache import load_cached, store_cached


def test_what_is_kept_is_found_again(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "model-1.joblib"
    store_cached(path, {"a": 1})
    assert load_cached(path, dict) == {"a": 1}
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_what_others_may_write_is_not_opened(tmp_path: Path, mode: int, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "model-1.joblib"
    store_cached(path, {"a": 1})
    path.chmod(mode)
    assert load_cached(path, dict) is None
    assert "trained again" in caplog.text


def test_a_broken_file_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "model-1.joblib"
    path.write_bytes(b"no model")
    path.chmod(0o600)
    assert load_cached(path, dict) is None
