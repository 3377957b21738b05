"""`evaluate`: how well the engines understand labelled questions."""

from __future__ import annotations

import logging
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import SetupError
from bot.logs import configure
from bot.settings import Settings


class Split(StrEnum):
    """A set of labelled questions."""

    dev = "dev"
    test = "test"
    both = "both"


class Engine(StrEnum):
    """Which engine to ask."""

    embedded = "embedded"
    rasa = "rasa"
    both = "both"


def evaluate(
    split: Annotated[Split, typer.Option(help="Which questions; choose by dev, report test.")] = Split.dev,
    engine: Annotated[Engine, typer.Option(help="Which engine to ask.")] = Engine.both,
    texts: Annotated[
        Path | None, typer.Option(help="More texts for language detection: JSON lines with lang, bucket and text.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write one page with all tables and plots here.")] = None,
    json: Annotated[Path | None, typer.Option(help="Write all figures here.")] = None,
) -> None:
    """Measure how well the engines understand labelled questions, and how well languages are told apart."""
    for file in filter(None, (html, json)):
        if not file.parent.is_dir():
            raise SetupError(f"There is no folder {file.parent} to write {file.name} to")
    # scikit-learn and Jinja take a second to load.
    from bot.evaluating import make_report
    from bot.evaluation_page import as_html, as_json
    from bot.evaluation_table import progress_bar, show

    configure("WARNING")
    logging.getLogger("nlu").setLevel("INFO")  # a first run trains, and should show it
    logging.getLogger("nlu.rasa_server").setLevel("ERROR")  # it tells of a server, and here nobody talks
    typer.echo("Loading the engines…", err=True)
    with progress_bar() as progress:
        report = make_report(Settings(), _each(split), _each(engine), texts, progress)
    show(report)
    if html:
        html.write_text(as_html(report), encoding="utf-8")
    if json:
        json.write_text(as_json(report), encoding="utf-8")


def _each(choice: Split | Engine) -> list[str]:
    """The choice itself, or all but `both`."""
    return [c.value for c in type(choice) if c.value != "both" and choice.value in (c.value, "both")]
