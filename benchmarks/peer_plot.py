"""Draws the figures of benchmarks/peer.py: `nlu/rasa/.venv/bin/python benchmarks/peer_plot.py figures.json plot.svg`.

Runs in Rasa's environment, which has matplotlib; ours has no use for it.
"""

import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

PANELS = [
    ("turns/s, 8 clients", "Turns a second, 8 clients (more is better)"),
    ("CPU a turn, 8 clients, ms", "Processor time of a turn, ms"),
    ("p50, 8 clients, ms", "Median turn, 8 clients, ms"),
    ("p95, 8 clients, ms", "95th percentile, 8 clients, ms"),
    ("p50, 1 client, ms", "Median turn, 1 client, ms"),
    ("p95, 1 client, ms", "95th percentile, 1 client, ms"),
    ("PSS, MB", "Memory after the load, MB"),
    ("ready, s", "Time to the first answer, s"),
]
COLOURS = {"ours": "#0072b2", "Rasa": "#d55e00", "Rasa, SQLite": "#e69f00"}


def main(figures, plot):
    found = json.loads(Path(figures).read_text())
    plt.rcParams.update({"svg.hashsalt": "peer", "font.size": 9})
    _, axes = plt.subplots(len(PANELS) // 2, 2, figsize=(9, 7.2))
    for axis, (figure, title) in zip(axes.flat, PANELS, strict=True):
        draw(axis, figure, title, found)
    plt.tight_layout()
    plt.savefig(plot, facecolor="white", metadata={"Date": None})


def draw(axis, figure, title, found):
    names = list(found["medians"])
    for row, name in enumerate(names):
        median = found["medians"][name][figure]
        rounds = [run[figure] for run in found["runs"][name]]
        axis.barh(row, median, color=COLOURS[name], height=0.62)
        axis.plot(rounds, [row] * len(rounds), "|", color="black", markersize=8)
        shown = f"{median:,.0f}" if median >= 100 else f"{median:,.1f}"
        at = max([median, *rounds]), row
        axis.annotate(shown, at, xytext=(5, 0), textcoords="offset points", va="center")
    axis.set_title(title, loc="left", fontsize=9.5)
    axis.set_yticks(range(len(names)))
    axis.set_yticklabels(names)
    axis.invert_yaxis()
    axis.set_xlim(0, 1.2 * max(run[figure] for runs in found["runs"].values() for run in runs))
    axis.spines[["top", "right"]].set_visible(False)


if __name__ == "__main__":
    main(*sys.argv[1:])
