"""An evaluation as one page that needs nothing else, and as JSON for programs."""

import json
import math
from dataclasses import asdict
from datetime import UTC, datetime

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.evaluating import Report
from bot.evaluation_figures import FIGURES, shown

WORST = 20
"""Pairs of topics that are open on the page; the others are one click away."""


def as_html(report: Report) -> str:
    """The page. Sentences are escaped; nothing is fetched from elsewhere."""
    environment = Environment(
        loader=PackageLoader("bot", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shown"] = shown
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    page = environment.get_template("evaluation.html")
    return page.render(report=report, figures=FIGURES, made=now, worst=WORST)


def as_json(report: Report) -> str:
    """All figures; what is not a number is null."""
    return json.dumps(_plain(asdict(report)), ensure_ascii=False, indent=1) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return None if isinstance(value, float) and math.isnan(value) else value
