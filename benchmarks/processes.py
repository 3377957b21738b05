"""What the processes under one parent use, from /proc, and what a set of packages takes on disk."""

import os
import re
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
MEGABYTE = 1_000_000


def tree(pid: int) -> Iterator[int]:
    """The process and all below it."""
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from tree(int(child))


def processor(pids: list[int]) -> float:
    """Seconds of processor time, user and system, of each process and all below it."""
    return sum(_ticks(p) for root in pids for p in tree(root)) / TICKS


def _ticks(pid: int) -> int:
    # utime and stime of the living, cutime and cstime of children that ended.
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15]))


def memory(pids: list[int], kind: str) -> float:
    """Megabytes in memory, `kind` Rss, Pss (shared pages are divided among processes) or Anonymous (without files)."""
    rollups = [Path(f"/proc/{p}/smaps_rollup").read_text() for root in pids for p in tree(root)]
    return sum(int(re.search(rf"^{kind}:\s+(\d+)", text, re.M)[1]) for text in rollups) * 1024 / MEGABYTE


def installed(site_packages: Path, lock: Path, without: tuple[str, ...] = ()) -> float:
    """Megabytes of the locked packages' files, the bytecode that pip made included."""
    wanted = {_plain(n) for n in re.findall(r"^([\w.-]+)==", lock.read_text(), re.M)} - set(without)
    found = [d for d in distributions(path=[str(site_packages)]) if _plain(d.name) in wanted]
    files = {Path(str(d.locate_file(f))) for d in found for f in d.files or ()}
    return sum(f.stat().st_size for f in files if f.is_file()) / MEGABYTE


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
