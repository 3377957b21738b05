"""Arrays on disk: mapped, and taken only when nobody else could have written them."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from nlu.cache import load_cached, packed, store_cached, unpacked

ARRAYS = {"weights": np.arange(6, dtype=np.float32).reshape(2, 3), "words": packed({"水": 1}), "one": np.asarray(7)}


def test_what_is_kept_is_found_again(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "model-1.npy"
    store_cached(path, ARRAYS)
    kept = load_cached(path)
    assert kept is not None
    assert list(kept) == list(ARRAYS)
    np.testing.assert_array_equal(kept["weights"], ARRAYS["weights"])
    assert unpacked(kept["words"]) == {"水": 1}
    assert kept["one"].item() == 7
    assert path.stat().st_mode & 0o077 == 0


def test_it_is_mapped_and_cannot_be_changed_by_mistake(tmp_path: Path) -> None:
    path = tmp_path / "model-1.npy"
    store_cached(path, ARRAYS)
    kept = load_cached(path)
    assert kept is not None
    assert str(path) in Path("/proc/self/maps").read_text()
    with pytest.raises(ValueError, match="read-only"):
        kept["weights"][0, 0] = 1


def test_a_newer_model_replaces_the_older_ones(tmp_path: Path) -> None:
    for name in ("model-1.joblib", "model-2.npy", "other-1.npy"):
        (tmp_path / name).write_bytes(b"")
    store_cached(tmp_path / "model-3.npy", ARRAYS)
    assert {f.name for f in tmp_path.iterdir()} == {"model-3.npy", "other-1.npy"}


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_what_others_may_write_is_not_opened(tmp_path: Path, mode: int, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "model-1.npy"
    store_cached(path, ARRAYS)
    path.chmod(mode)
    assert load_cached(path) is None
    assert "made again" in caplog.text


@pytest.mark.parametrize("length", [0, 5, 100, -1])
def test_a_file_that_was_cut_off_is_nothing(tmp_path: Path, length: int) -> None:
    path = tmp_path / "model-1.npy"
    store_cached(path, ARRAYS)
    path.write_bytes(path.read_bytes()[:length])
    assert load_cached(path) is None


@pytest.mark.parametrize("content", [b"no model", pickle.dumps({"a": 1})])
def test_anything_else_is_nothing_and_runs_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model-1.npy"
    path.write_bytes(content)
    path.chmod(0o600)
    assert load_cached(path) is None


def test_a_plain_array_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "model-1.npy"
    np.save(path, np.zeros(3))
    path.chmod(0o600)
    assert load_cached(path) is None
