"""Language detection on labelled texts: `.venv/bin/python benchmarks/language.py DATA_DIR`.

DATA_DIR holds language/*.jsonl with the fields text, lang, bucket and src. `--half 0` or `--half 1` takes one half of
the texts by the hash of each: tune on 0, report 1.
"""

import argparse
import hashlib
import json
import statistics
import time
from pathlib import Path

from knowledge.base import load
from nlu.language import Detector, vocabulary
from nlu.language_evaluation import LanguageScores, LanguageText, bucket, evaluate_language
from nlu.training import load_training, read_examples
from nlu.types import LanguageCode, LanguagePrior

DEV = Path(__file__).parents[1] / "nlu" / "data" / "dev"
CODES: dict[str, LanguageCode] = {"en": "en", "nl": "nl", "zh": "zh-Hans"}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--half", type=int, choices=(0, 1))
    options = parser.parse_args()
    began = time.process_time()
    kb = load()
    names = [t for kind in ("region", "province") for topic in kb.of_kind(kind) for t in topic.names.values()]
    words = vocabulary(load_training())
    loading = time.process_time()
    detector = Detector([*names, *kb.programme.values()], words)
    print(f"loaded in {time.process_time() - loading:.2f} s (knowledge and training data: {loading - began:.2f} s)")
    rows = [r for r in _rows(options.data) if options.half is None or _half(r["text"]) == options.half]
    for source in [None, *sorted({r["src"] for r in rows})]:
        texts = [_text(r) for r in rows if source in (None, r["src"])]
        _show(source or "all sources", evaluate_language(detector, texts))
    _show("questions of nlu/data/dev", evaluate_language(detector, _own()))
    served = [_text(r) for r in rows if _text(r).language in CODES]
    told = [
        scores
        for code, current in CODES.items()
        for scores in evaluate_language(
            detector, [t for t in served if t.language == code], LanguagePrior(current=current)
        )
    ]
    _show("in a conversation of their own language", told)
    spent = [_seconds(detector, t.text) for t in served]
    print(f"\n{statistics.median(spent) * 1000:.2f} ms of CPU a text (median)")


def _rows(folder: Path) -> list[dict[str, str]]:
    lines = [line for path in sorted((folder / "language").glob("*.jsonl")) for line in path.open(encoding="utf-8")]
    return [json.loads(line) for line in lines]


def _text(row: dict[str, str]) -> LanguageText:
    return LanguageText(row["text"], row["lang"].split("-")[0], row["bucket"])


def _own() -> list[LanguageText]:
    examples = [e for code in CODES for e in read_examples(DEV / f"{code}.yml", code)]
    return [LanguageText(e.text, e.language, bucket(e.text)) for e in examples]


def _half(text: str) -> int:
    return hashlib.sha256(text.encode()).digest()[0] % 2


def _seconds(detector: Detector, text: str) -> float:
    before = time.thread_time()
    detector.detect(text, LanguagePrior())
    return time.thread_time() - before


def _show(title: str, table: list[LanguageScores]) -> None:
    print(f"\n{title}\n{'':10}{'texts':>7}{'right':>8}{'undetermined':>14}{'foreign':>9}")
    for row in table:
        shares = f"{row.right:>8.1%}{row.undetermined:>14.1%}{row.foreign:>9.1%}"
        print(f"{row.language:4}{row.bucket:6}{row.count:>7}{shares}")


if __name__ == "__main__":
    main()
