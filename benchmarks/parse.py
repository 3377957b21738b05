"""CPU time of a parse and of loading: `.venv/bin/python benchmarks/parse.py`."""

import statistics
import time
from pathlib import Path

from knowledge.base import load
from nlu.embedded import EmbeddedInterpreter
from nlu.encoder import load_encoder
from nlu.training import load_questions, load_training

TEXTS = (
    "which region needs help with soil remediation, number {}?",
    "wij zuiveren percolaat van stortplaats {}",
    "我们第{}号钢铁厂需要处理烟气",
)


def main() -> None:
    began = time.process_time()
    interpreter = EmbeddedInterpreter(load(), load_encoder(), load_training(), Path("var/cache"), load_questions("dev"))
    print(f"loaded in {time.process_time() - began:.2f} s of CPU")
    spent = []
    for number in range(100):
        for text in TEXTS:
            before = time.thread_time()
            interpreter.understand(text.format(number))
            spent.append(time.thread_time() - before)
    p95 = statistics.quantiles(spent, n=20)[18]
    print(f"parse: median {statistics.median(spent) * 1000:.1f} ms, p95 {p95 * 1000:.1f} ms")


if __name__ == "__main__":
    main()
