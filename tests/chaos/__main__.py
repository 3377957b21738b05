"""The long crash test: `python -m tests.chaos --kills 1000 [--database postgresql] [--seed N]`."""

import argparse
import logging
import secrets
import sys
from pathlib import Path

from tests.chaos.run import run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000, help="how often the assistant is killed")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=None, help="repeats the choices of an earlier run")
    parser.add_argument("--log", type=Path, default=None, help="where to keep what the assistant prints")
    asked = parser.parse_args()
    seed = secrets.randbelow(10**6) if asked.seed is None else asked.seed
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    logging.getLogger("tests.chaos").setLevel(logging.INFO)
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # callers that die in the middle
    report = run(asked.database, asked.kills, seed)
    sys.stdout.write(f"{report}\n")
    if asked.log:
        asked.log.write_text(report.log, encoding="utf-8")
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
