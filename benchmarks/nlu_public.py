"""The embedded engine's classifier on public sets: `python -m benchmarks.nlu_public DATA_DIR`.

DATA_DIR holds clinc150.jsonl, banking77.jsonl and xsid.jsonl: lines with text, intent, split, in xsid lang too.
CLINC150's thresholds are chosen on its validation split, nothing on a test split.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.encoder import Encoder, Vectors
from nlu.classifier import OUT_OF_SCOPE, Classifier, Sample
from nlu.encoder import load_encoder
from nlu.fitting import fit, foreign_limits
from nlu.network import Floats

IN_SCOPE_FLOOR = 0.95
"""Share of right answers in scope that the thresholds must keep on the validation split."""
PUBLISHED = {
    "CLINC150": "BERT 96.9/40.3 (threshold 96.2/52.3), MLP 93.5/47.4, Rasa 91.5/45.3, TF-IDF + regression 92.4/46.1",
    "Banking77": "10-shot USE 84.2, TF-IDF + linear SVM 91.4",
    "xSID": "TF-IDF + linear SVM en 91.4, nl 91.6, zh 91.4; English only, multilingual USE: nl 86.0, zh 88.8",
}


@dataclass(frozen=True, slots=True)
class Row:
    text: str
    intent: str
    split: str
    lang: str = "en"


@dataclass(frozen=True, slots=True)
class Bench:
    encode: Callable[[Sequence[str]], Vectors]

    def sample(self, rows: Sequence[Row]) -> Sample:
        texts = [r.text for r in rows]
        return Sample(texts, self.encode(texts), [()] * len(texts))

    def fitted(self, rows: Sequence[Row]) -> Classifier:
        return fit(self.sample(rows), [r.intent for r in rows], [])

    def accuracy(self, model: Classifier, rows: Sequence[Row]) -> float:
        best = model.scores(self.sample(rows)).argmax(axis=1)
        return float(np.mean([model.intents[b] == r.intent for b, r in zip(best, rows, strict=True)]))


@dataclass(frozen=True, slots=True)
class Judged:
    """Per text: is it in scope, how likely is it not, how likely is the best intent, and is that the right one."""

    ours: NDArray[np.bool_]
    alien: Floats
    best: Floats
    right: NDArray[np.bool_]

    @classmethod
    def of(cls, bench: Bench, model: Classifier, rows: Sequence[Row]) -> "Judged":
        confidences = model.confidences(bench.sample(rows), 1.0)
        place = model.intents.index(OUT_OF_SCOPE)
        alien = confidences[:, place].copy()
        confidences[:, place] = 0
        intents = np.array([r.intent for r in rows])
        right = np.array(model.intents)[confidences.argmax(axis=1)] == intents
        return cls(intents != OUT_OF_SCOPE, alien, confidences.max(axis=1), right)

    def accuracy(self, declined: NDArray[np.bool_]) -> float:
        return float((self.right & ~declined)[self.ours].mean())


def read(file: Path) -> list[Row]:
    with file.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for row in rows:
        if row["split"].startswith("oos"):
            row["intent"] = OUT_OF_SCOPE
    return [Row(**{k: r[k] for k in Row.__slots__ if k in r}) for r in rows]


def batched(encoder: Encoder) -> Callable[[Sequence[str]], Vectors]:
    return lambda texts: np.vstack([encoder.encode(texts[i : i + 256]) for i in range(0, len(texts), 256)])


def of(rows: Sequence[Row], *splits: str, lang: str | None = None) -> list[Row]:
    return [r for r in rows if r.split in splits and lang in (None, r.lang)]


def clinc(bench: Bench, rows: Sequence[Row]) -> str:
    """In-scope accuracy, where a declined text counts as wrong, and out-of-scope recall."""
    model = bench.fitted(of(rows, "train", "oos_train"))
    seen, unseen = (Judged.of(bench, model, of(rows, split, f"oos_{split}")) for split in ("val", "test"))
    limits = foreign_limits(seen.alien, seen.best, seen.ours, lambda d: bool(seen.accuracy(d) >= IN_SCOPE_FLOOR))
    declined = (unseen.alien >= limits[0]) | (unseen.best < limits[1])
    return f"{unseen.accuracy(declined):.1%} in scope, {declined[~unseen.ours].mean():.1%} of the others declined"


def banking(bench: Bench, rows: Sequence[Row]) -> str:
    return f"{bench.accuracy(bench.fitted(of(rows, 'train')), of(rows, 'test')):.1%}"


def xsid(bench: Bench, rows: Sequence[Row]) -> str:
    english = bench.fitted(of(rows, "valid", lang="en"))
    parts = []
    for lang in ("en", "nl", "zh"):
        own = bench.accuracy(bench.fitted(of(rows, "valid", lang=lang)), of(rows, "test", lang=lang))
        parts.append(
            f"{lang} {own:.1%} (trained on English {bench.accuracy(english, of(rows, 'test', lang=lang)):.1%})"
        )
    return ", ".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    folder = parser.parse_args().data
    bench = Bench(batched(load_encoder()))
    for name, file, run in (
        ("CLINC150", "clinc150", clinc),
        ("Banking77", "banking77", banking),
        ("xSID", "xsid", xsid),
    ):
        print(f"{name}: {run(bench, read(folder / f'{file}.jsonl'))}", flush=True)
        print(f"  published or measured elsewhere: {PUBLISHED[name]}")


if __name__ == "__main__":
    main()
