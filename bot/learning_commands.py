"""`unanswered`, `learn` and `dismiss`: going through the questions that the assistant could not answer well."""

import asyncio
import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from bot import reviewing
from bot.errors import SetupError
from bot.learning import add_example, add_fact
from bot.reviewing import Group
from bot.settings import Settings
from bot.store.engine import opened
from knowledge.model import Fact, Localized


class Kind(StrEnum):
    """Why a question is worth a look."""

    declined = "declined"
    clarified = "clarified"
    unknown = "unknown"
    unhelpful = "unhelpful"


class Language(StrEnum):
    """A base language of the questions."""

    en = "en"
    nl = "nl"
    zh = "zh"


Id = Annotated[int, typer.Argument(help="The question's number, as `unanswered` gives it.", show_default=False)]


def add_to(app: typer.Typer) -> None:
    """Give the commands to the command line."""
    for command in (unanswered, learn, dismiss):
        app.command()(command)


def unanswered(
    kind: Annotated[Kind | None, typer.Option(help="Only these.")] = None,
    language: Annotated[Language | None, typer.Option(help="Only in this language.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Those that were dealt with, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List questions that were declined, clarified, in no source or rated unhelpful: like ones together."""
    groups = asyncio.run(_groups(kind, language, all_))
    if as_json:
        return typer.echo(json.dumps([g.as_json() for g in groups], ensure_ascii=False, indent=2))
    for group in groups:
        typer.echo("\n".join(_lines(group)))
    if groups:
        typer.echo("`learn ID --topic TOPIC` or `learn ID --fact TOPIC …` learns one, `dismiss ID` puts it aside.")
    else:
        typer.echo("There is no such question.")
    return None


def learn(
    id_: Id,
    topic: Annotated[str | None, typer.Option(help="The topic that the question asks about: a new example.")] = None,
    text: Annotated[str | None, typer.Option(help="The example in other words than the question's.")] = None,
    fact: Annotated[
        str | None, typer.Option(help="The topic that gets a new fact, which answers the question.")
    ] = None,
    attribute: Annotated[str, typer.Option(help="Which question the fact answers.")] = "summary",
    source: Annotated[list[str] | None, typer.Option(help="The key of the fact's source; may be repeated.")] = None,
    inferred: Annotated[bool, typer.Option("--inferred", help="The fact is concluded; no source says it.")] = False,
    en: Annotated[str | None, typer.Option(help="The fact in English.")] = None,
    nl: Annotated[str | None, typer.Option(help="The fact in Dutch.")] = None,
    zh: Annotated[str | None, typer.Option(help="The fact in Simplified Chinese.")] = None,
) -> None:
    """Turn a reviewed question into a training example (--topic) or a fact with its source (--fact)."""
    told: Localized = {code: words for code, words in (("en", en), ("nl", nl), ("zh", zh)) if words}
    if (topic is None) == (fact is None):
        raise SetupError("Say what to learn: --topic for a training example, or --fact for a fact")
    if fact is not None and not (told and source):
        raise SetupError("A fact needs its --source, and its text as --en, --nl and --zh")
    group = asyncio.run(_group(id_))
    file = _example(group, topic, text) if topic else _fact(str(fact), attribute, source or [], inferred, told)
    asyncio.run(_settle(group, "learned"))
    typer.echo(f"Written to {file}; {_counted(group)} learned. Run `i2pcc reload`, so that the assistant knows it.")


def dismiss(id_: Id) -> None:
    """Put a question aside: there is nothing to learn from it."""
    group = asyncio.run(_group(id_))
    asyncio.run(_settle(group, "dismissed"))
    typer.echo(f"{_counted(group)} dismissed.")


def _example(group: Group, topic: str, text: str | None) -> Path:
    return add_example(Settings(), text or group.newest.text, topic, group.newest.language[:2])


def _fact(topic: str, attribute: str, sources: list[str], inferred: bool, told: Localized) -> Path:
    kind = "inferred" if inferred else "stated"
    try:
        fact = Fact.model_validate({"attribute": attribute, "sources": sources, "kind": kind, "text": told})
    except ValidationError as error:
        raise SetupError("; ".join(f"{e['loc'][0]}: {e['msg']}" for e in error.errors())) from error
    return add_fact(Settings(), topic, fact)


def _lines(group: Group) -> list[str]:
    row = group.newest
    kinds = ", ".join(dict.fromkeys(r.kind for r in group.rows))
    status = "" if row.status == "open" else f", {row.status}"
    readings = ", ".join(f"{r['topic']} {r['confidence']:.2f}" for r in row.readings) or "nothing"
    answered = f"; answered {row.topic}" if row.topic not in (None, "out-of-scope") else ""
    return [
        f"{row.id:>5}  {len(group.rows)}×  {row.at:%Y-%m-%d}  {row.language[:2]}  {kinds}{status}",
        f"       {' '.join(row.text.split())}",
        f"       taken for {readings}{answered} ({row.engine})",
    ]


def _counted(group: Group) -> str:
    return "1 question is" if len(group.rows) == 1 else f"{len(group.rows)} like questions are"


async def _groups(kind: str | None, language: str | None, all_: bool) -> list[Group]:
    async with opened(Settings()) as store, store.read() as session:
        return await reviewing.groups(session, kind=kind, language=language, all_=all_)


async def _group(id_: int) -> Group:
    async with opened(Settings()) as store, store.read() as session:
        return await reviewing.open_group(session, id_)


async def _settle(group: Group, status: str) -> None:
    async with opened(Settings()) as store:
        await reviewing.settle(store, group.rows, status)
