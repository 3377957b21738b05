"""The commands of `i2pcc`; bot.cli is the way in."""

import asyncio
import json
import logging
from pathlib import Path
from typing import Annotated

import typer

from bot import attachments, deliveries_commands, evaluating_commands, learning_commands
from bot import intakes as stored
from bot.cli import run
from bot.errors import SetupError
from bot.logs import configure
from bot.ports import Json
from bot.rasa_commands import rasa
from bot.settings import Settings
from bot.store.engine import opened

app = typer.Typer(help="The I²PCC assistant.", no_args_is_help=False, add_completion=False)
intakes = typer.Typer(help="Intakes for coordinators without Slack.", no_args_is_help=True)
app.add_typer(intakes, name="intakes")
app.add_typer(deliveries_commands.app, name="deliveries")
app.add_typer(rasa, name="rasa")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Newest = Annotated[int | None, typer.Option(min=1, help="Only so many of them.")]


@app.callback(invoke_without_command=True)
def default(context: typer.Context) -> None:
    """Start the server when no command is given."""
    if context.invoked_subcommand is None:
        serve()


@app.command()
def serve() -> None:
    """Start the web server and the channels whose tokens are set."""
    from bot.wiring import serve

    run(serve)


@app.command()
def worker() -> None:
    """Run the channels without a web server, beside servers on the same PostgreSQL."""
    from bot.wiring import work

    run(work)


@app.command()
def chat() -> None:
    """Talk to the assistant in this terminal."""
    from bot.wiring import chat

    settings = Settings()
    configure("WARNING")
    logging.getLogger("nlu").setLevel("INFO")  # a first start trains, and should show it
    asyncio.run(chat(settings))


@app.command("check-knowledge")
def check_knowledge(
    folder: Annotated[Path | None, typer.Argument(help="A folder of data; default: I2PCC_KNOWLEDGE_DIR.")] = None,
) -> None:
    """Check the knowledge base and list what is missing or unsourced."""
    from knowledge.base import load
    from knowledge.check import missing

    kb = load(folder or Settings().knowledge_dir)
    gaps = missing(kb)
    for gap in gaps:
        typer.echo(gap)
    typer.echo(f"{len(kb.topics)} topics, {len(kb.ties())} ties, {len(kb.sources)} sources; {len(gaps)} gaps.")
    raise typer.Exit(1 if gaps else 0)


@app.command()
def reload() -> None:
    """Take edited knowledge and examples up into the running server, without a restart."""
    from bot.content import read_content
    from bot.control import ask
    from bot.engines import load_engines
    from nlu.encoder import load_encoder

    settings = Settings()
    configure("WARNING")
    logging.getLogger("nlu").setLevel("INFO")  # training takes a minute, and should show it
    content = read_content(settings)
    changed = ask(settings, "compare", content.key)
    if not changed:
        return typer.echo(f"Nothing has changed ({content.key}).")
    for line in changed:
        typer.echo(line)
    typer.echo("The edit is sound. Preparing the models…")
    load_engines(settings, load_encoder(cache_dir=settings.data_dir / "cache"), content)
    ask(settings, "reload", content.key)
    return typer.echo(f"The assistant answers from it now ({content.key}).")


learning_commands.add_to(app)
app.command()(evaluating_commands.evaluate)


@intakes.command("list")
def list_(as_json: AsJson = False, newest: Newest = None) -> None:
    """List intakes, newest first."""
    found = asyncio.run(_all(newest))
    if as_json:
        return typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    for intake in found:
        regions = intake["match"].get("regions", [])
        suggested = regions[0]["region"] if regions else "-"
        who = intake["slots"].get("company_name") or intake["slots"].get("organisation") or "-"
        typer.echo(f"{intake['reference']}  {intake['created_at'][:16]}  {intake['status']:<10} {suggested:<18} {who}")
    return None


@intakes.command()
def show(reference: str, as_json: AsJson = False) -> None:
    """Show one intake."""
    intake = asyncio.run(_one(reference))
    if intake is None:
        raise SetupError(f"There is no intake {reference}: `intakes list` shows all references")
    if as_json:
        return typer.echo(json.dumps(intake, ensure_ascii=False, indent=2))
    for line in _lines(intake):
        typer.echo(line)
    return None


@intakes.command()
def files(reference: str, folder: Annotated[Path, typer.Argument(help="Where to write them.")]) -> None:
    """Write the files that came with an intake into a folder."""
    written = asyncio.run(_write_files(reference, folder))
    typer.echo(f"{written} files written to {folder}")


@intakes.command()
def export(file: Annotated[Path, typer.Argument(help="The CSV file to write.")]) -> None:
    """Write all intakes to a CSV file for a spreadsheet."""
    found = asyncio.run(_all())
    # Excel takes UTF-8 for Chinese only with a byte order mark.
    file.write_text(stored.as_csv(found), encoding="utf-8-sig", newline="")
    typer.echo(f"{len(found)} intakes written to {file}")


def _lines(intake: Json) -> list[str]:
    head = [f"{k}: {intake[k]}" for k in ("reference", "kind", "status", "language", "channel", "created_at")]
    slots = [f"  {name}: {_shown(value)}" for name, value in intake["slots"].items()]
    match = [
        f"  {r['region']}  {r['score']:.2f} ({r['confidence']}): " + " ".join(x["text"] for x in r["reasons"])
        for r in intake["match"].get("regions", [])
    ]
    history = [f"  {e['at'][:16]}  {e['event']} {e['detail']} ({e['actor']})" for e in intake["history"]]
    files = [f"  {a['name']} ({a['type']}, {a['size']} bytes)" for a in intake["attachments"]]
    return [*head, "answers:", *slots, "files:", *files, "match:", *match, "history:", *history]


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str("-" if value is None else value)


async def _all(newest: int | None = None) -> list[Json]:
    async with opened(Settings()) as store, store.read() as session:
        return await stored.list_intakes(session, newest)


async def _write_files(reference: str, folder: Path) -> int:
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    async with opened(Settings()) as store, store.read() as session:
        found = await attachments.of_intake(session, reference.strip().upper())
        for file in found:
            content = await attachments.content_of(session, file.id) or b""
            # The id keeps files of the same name apart.
            await asyncio.to_thread((folder / f"{file.id}-{file.name}").write_bytes, content)
    return len(found)


async def _one(reference: str) -> Json | None:
    async with opened(Settings()) as store, store.read() as session:
        return await stored.show(session, reference)
