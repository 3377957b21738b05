"""`i2pcc rasa`: the second engine, which runs beside the assistant as a server of its own."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import typer

from bot.errors import SetupError
from bot.settings import Settings

if TYPE_CHECKING:
    from nlu.rasa_model import RasaModel

rasa = typer.Typer(help="The Rasa engine, which runs beside the assistant.", no_args_is_help=True)


@rasa.command()
def train() -> None:
    """Train Rasa's model, unless the one for these data is there."""
    _trained(Settings())


@rasa.command()
def serve() -> None:
    """Start the Rasa server on this machine, for I2PCC_NLU=rasa; trains first when the data changed."""
    settings = Settings()
    port = _port(settings.rasa_url)
    _trained(settings).serve(port)


def _trained(settings: Settings) -> RasaModel:
    from bot.content import read_content
    from nlu.rasa_model import RasaError, RasaModel

    content = read_content(settings)
    model = RasaModel(settings.data_dir / "rasa", content.kb, content.examples, content.questions)
    try:
        model.check()
        if model.trained:
            typer.echo(f"Rasa's model is up to date: {model.path}")
            return model
        typer.echo("Training Rasa, which takes two to three minutes…")
        model.train()
    except RasaError as error:
        raise SetupError(str(error)) from error
    typer.echo(f"Rasa's model is ready: {model.path}")
    return model


def _port(url: str) -> int:
    """The port of the address, which must be this machine's own: Rasa's API is not for others."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback):
        return parts.port or 80
    raise SetupError(f"I2PCC_RASA_URL is {url}: `rasa serve` listens on this machine alone, at http://127.0.0.1:PORT")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
