"""The long crash test: `python -m tests.chaos --kills 1000 [--database postgresql] [--seed N]`."""

import argparse
import logging
import math
import secrets
import signal
import sys
from pathlib import Path

from tests.chaos.run import Plan, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000, help="how often the assistant is killed")
    parser.add_argument("--minutes", type=float, default=math.inf, help="after how many no more kills come")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--push", action="store_true", help="webhook and signed HTTP, not polling and Socket Mode")
    parser.add_argument("--several", action="store_true", help="two servers and a worker, on PostgreSQL")
    parser.add_argument("--whole-starts", action="store_true", help="load programs and models at every start")
    parser.add_argument("--seed", type=int, default=None, help="repeats the choices of an earlier run")
    parser.add_argument("--log", type=Path, default=None, help="where to keep what the assistant prints")
    asked = parser.parse_args()
    seed = secrets.randbelow(10**6) if asked.seed is None else asked.seed
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    logging.getLogger("tests.chaos").setLevel(logging.INFO)
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # callers that die in the middle
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))  # what was started and mounted is not left
    plan = Plan(asked.database, asked.kills, seed, asked.push, asked.several, not asked.whole_starts, asked.minutes)
    report = run(plan, asked.log)
    sys.stdout.write(f"{report}\n")
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
