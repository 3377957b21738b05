"""From the start of the server to its first answer: `benchmarks/start.py ROUNDS`, with the model trained already.

Gives medians of wall and processor time in seconds and of memory in MB, on a new database and on one that is there.
"""

import os
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.peer_servers import Ours


class Restarted(Ours):
    """The assistant on a data folder that outlives it."""

    kept = tempfile.TemporaryDirectory()

    def commands(self) -> list[tuple[list[str | Path], dict[str, str]]]:
        (run, settings), *_ = super().commands()
        cache = Path(self.kept.name) / "cache"
        if not cache.exists():
            cache.symlink_to((Path(self.folder.name) / "cache").readlink())
        return [(run, settings | {"I2PCC_DATA_DIR": self.kept.name})]


def measured(kind: type[Ours]) -> tuple[float, float, float, float]:
    """Wall time, processor time, PSS and RSS of one start."""
    server = kind()
    try:
        wall = server.ready()
        (process,) = server.pids
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks = int(fields[11]) + int(fields[12])
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
        sizes = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines}
        return wall, ticks / os.sysconf("SC_CLK_TCK"), sizes["Pss"], sizes["Rss"]
    finally:
        server.stop()


def main() -> None:
    rounds = int(sys.argv[1])
    kinds = {"new database": Ours, "restart": Restarted}
    measured(Restarted)
    found = {name: [] for name in kinds}
    for _ in range(rounds):
        for name, kind in kinds.items():
            found[name].append(measured(kind))
    for name, rows in found.items():
        wall, processor, pss, rss = (statistics.median(column) for column in zip(*rows, strict=True))
        print(f"{name:<13} {wall:.2f} s, processor {processor:.2f} s, PSS {pss:.0f} MB, RSS {rss:.0f} MB")


if __name__ == "__main__":
    main()
