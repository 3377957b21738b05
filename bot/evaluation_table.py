"""An evaluation in the terminal: figures on standard output, progress on standard error."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from bot import evaluating
from bot.evaluation_figures import FIGURES, shown
from nlu.evaluation import Evaluation
from nlu.language_mistakes import LanguageEvaluation

WORST = 10
"""Topics and pairs that the terminal shows; the page has all."""


@contextmanager
def progress_bar() -> Iterator[evaluating.Progress]:
    """Show how far each task is; gone when all are done."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:

        def begin(name: str, steps: int) -> partial[None]:
            return partial(bar.advance, bar.add_task(name, total=steps))

        yield begin


def show(report: evaluating.Report) -> None:
    """Print all tables."""
    console = Console()
    for split in report.splits:
        together = report.of(split)
        console.print(_figures(split, together), _topics(together))
        for evaluated in together:
            console.print("\n".join(_confusions(evaluated)), markup=False, highlight=False, soft_wrap=True)
    for detected in report.languages:
        console.print(_language(detected))
    if report.absent:
        console.print(report.absent, markup=False, highlight=False, soft_wrap=True)


def _figures(split: str, together: list[Evaluation]) -> Table:
    table = _table(f"Understanding, {split} questions", "")
    for evaluated in together:
        for name in evaluated.scores:
            table.add_column(f"{evaluated.engine}\n{name}" if name == "all" else f"\n{name}", justify="right")
    for figure in FIGURES:
        table.add_row(figure.label, *(figure.shown(s) for e in together for s in e.scores.values()))
    return table


def _topics(together: list[Evaluation]) -> Table:
    """The topics that any engine tells worst."""
    f1 = [{t.topic: t for t in e.topics} for e in together]
    worst = sorted(f1[0], key=lambda topic: (min(found[topic].f1 for found in f1), topic))[:WORST]
    table = _table(f"The {len(worst)} topics told worst", "topic", "texts")
    for evaluated in together:
        table.add_column(f"{evaluated.engine} F1", justify="right")
    for topic in worst:
        table.add_row(topic, str(f1[0][topic].count), *(shown(found[topic].f1) for found in f1))
    return table


def _confusions(evaluated: Evaluation) -> Iterator[str]:
    """Lines, not a table: sentences are long, and worth copying."""
    worst = evaluated.confusions[:WORST]
    yield f"\n{evaluated.engine}: what is taken for what, the {len(worst)} most frequent of {len(evaluated.confusions)}"
    for confusion in worst:
        yield f"  {confusion.topic} → {confusion.taken_for}"
        for m in confusion.mistakes:
            yield f"    {m.language}  {m.verdict:<7} {m.confidence:>5.0%}  {m.text}"


def _language(detected: LanguageEvaluation) -> Table:
    table = _table(f"Language detection, {detected.split}", "language", "length", "texts", "right", "undetermined")
    table.add_column("taken for foreign", justify="right")
    for row in detected.scores:
        shares = map(shown, (row.right, row.undetermined, row.foreign))
        table.add_row(row.language, row.bucket, str(row.count), *shares)
    table.caption = f"processor: {shown(detected.cpu_median, 'ms')} ms a text, p95 {shown(detected.cpu_p95, 'ms')} ms\n"
    return table


def _table(title: str, *columns: str) -> Table:
    # Two engines in three languages fit a terminal of 80 columns, without lines between them.
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.title, table.title_justify, table.caption_justify = f"\n{escape(title)}", "left", "left"
    for name in columns:
        table.add_column(name, justify="right" if name in ("texts", "right", "undetermined") else "left")
    return table
