"""The Rasa server that the settings name: one for the whole process, however often the engines are exchanged."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import Settings

if TYPE_CHECKING:
    from nlu.rasa_server import RasaServer


def rasa_server(settings: Settings) -> "RasaServer | None":
    """The server, or None when another engine is set. Its client is loaded only where it is."""
    return _server(settings.rasa_url, settings.data_dir) if settings.nlu == "rasa" else None


@cache
def _server(url: str, data_dir: Path) -> "RasaServer":
    from nlu.rasa_model import token_file
    from nlu.rasa_server import RasaServer

    return RasaServer(url, token_file(data_dir))
