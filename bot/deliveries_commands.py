"""`deliveries`: looking at what could not be delivered or handled, having it done again, or dropping it."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from bot import deliveries as stored
from bot.deliveries import Stuck
from bot.errors import SetupError
from bot.ports import Json
from bot.settings import Settings
from bot.store.engine import opened

app = typer.Typer(help="What could not be delivered or handled, or waits.", invoke_without_command=True)
Ids = Annotated[list[str], typer.Argument(help="Rows as the list names them, in-… or out-….", show_default=False)]
Channel = Annotated[str | None, typer.Option(help="Only this channel: telegram, slack, web or terminal.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]

_TOKENS = {"telegram": "telegram_token", "slack": "slack_bot_token"}
_SHOWN = 8
"""Characters of a conversation's id in the table."""


@app.callback()
def list_(context: typer.Context, channel: Channel = None, as_json: AsJson = False) -> None:
    """List what failed, was set aside, or has waited for over a minute, without what it says."""
    if context.invoked_subcommand is not None:
        return None
    settings = Settings()
    found, idle = _connected(asyncio.run(_stuck(settings, channel)), settings, channel)
    if as_json:
        return typer.echo(json.dumps([row.as_json() for row in found], ensure_ascii=False, indent=2))
    for line in _table(found):
        typer.echo(line)
    for name, count in idle.items():
        typer.echo(f"{count} more for {name}, which has no token here; --channel {name} lists them.")
    if found:
        typer.echo("`deliveries show ID` shows what it says, `replay ID` does it again, `drop ID` gives it up.")
    elif not idle:
        typer.echo("Nothing failed, and nothing waits.")
    return None


@app.command()
def show(id_: Annotated[str, typer.Argument(metavar="ID", show_default=False)], as_json: AsJson = False) -> None:
    """Show one row with what it says: people's words and addresses."""
    row = asyncio.run(_show(id_))
    if as_json:
        return typer.echo(json.dumps(row, ensure_ascii=False, indent=2))
    body = row.pop("body")
    for key, value in row.items():
        typer.echo(f"{key}: {'-' if value in (None, '') else value}")
    return typer.echo(json.dumps(body, ensure_ascii=False, indent=2))


@app.command()
def replay(
    ids: Annotated[list[str] | None, typer.Argument(help="Rows as the list names them.", show_default=False)] = None,
    all_: Annotated[bool, typer.Option("--all", help="Everything that the list shows.")] = False,
    channel: Channel = None,
) -> None:
    """Have rows handled or sent again at once, in their order."""
    from bot.control import poke

    if bool(ids) == all_ or (channel and not all_):
        raise SetupError("Say which: `deliveries replay ID…`, or `deliveries replay --all`, perhaps with --channel")
    settings = Settings()
    count = asyncio.run(_replay(settings, ids, channel))
    _tell(count, "tried again" if poke(settings) else "tried again within a minute, once a server runs")


@app.command()
def drop(ids: Ids) -> None:
    """Give rows up for good, and empty them."""
    _tell(asyncio.run(_drop(Settings(), ids)), "dropped")


def _tell(count: int, what: str) -> None:
    typer.echo(f"{count} {'row is' if count == 1 else 'rows are'} {what}.")


def _connected(found: list[Stuck], settings: Settings, channel: str | None) -> tuple[list[Stuck], Counter[str]]:
    """What waits for a channel that nobody connected is no trouble: it is counted alone."""
    off = {name for name, token in _TOKENS.items() if not getattr(settings, token) and name != channel}
    idle = [row for row in found if row.state == "waiting" and row.channel in off and not row.attempts]
    return [row for row in found if row not in idle], Counter(row.channel for row in idle)


def _table(found: Sequence[Stuck]) -> list[str]:
    now = _now()
    head = ("ID", "AGE", "CHANNEL", "STATE", "KIND", "TRIES", "TALK", "REASON")
    rows = [
        (
            row.id,
            _age((now - row.since).total_seconds()),
            row.channel,
            row.state.replace("_", " "),
            row.kind,
            str(row.attempts),
            row.conversation[:_SHOWN],
            row.reason or "-",
        )
        for row in found
    ]
    if not rows:
        return []
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head) - 1)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
        for row in (head, *rows)
    ]


def _age(seconds: float) -> str:
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def _now() -> datetime:
    return datetime.now(UTC)


async def _stuck(settings: Settings, channel: str | None) -> list[Stuck]:
    async with opened(settings) as store, store.read() as session:
        return await stored.stuck(session, _now(), channel)


async def _show(name: str) -> Json:
    async with opened(Settings()) as store, store.read() as session:
        return await stored.show(session, name)


async def _replay(settings: Settings, names: list[str] | None, channel: str | None) -> int:
    now = _now()
    async with opened(settings) as store, store.write() as session:
        # What its person erased cannot be said again: it stays listed until it is dropped.
        chosen = names or [row.id for row in await stored.stuck(session, now, channel) if row.replayable]
        return await stored.replay(session, chosen, now)


async def _drop(settings: Settings, names: list[str]) -> int:
    async with opened(settings) as store, store.write() as session:
        return await stored.drop(session, names, _now())
