"""Taking edited knowledge up while people talk: checked first, then exchanged as a whole, or not at all."""

import asyncio
import gc
import logging
import time

from prometheus_client import Gauge, Info

from bot.content import Content, changes, read_content
from bot.engines import load_engines
from bot.errors import SetupError
from bot.kept_content import load_content
from bot.privacy import describe
from bot.settings import Settings
from bot.turn import Turn
from knowledge.encoder import Encoder
from knowledge.errors import KnowledgeError
from nlu.encoder import load_encoder

log = logging.getLogger(__name__)

KNOWLEDGE = Info("i2pcc_knowledge", "The knowledge that answers now, by its key.")
LOADED = Gauge("i2pcc_knowledge_loaded_timestamp_seconds", "When that knowledge was taken up, in Unix time.")


class Reloader:
    """Exchanges the engines of a turn. The encoder stays: it knows nothing of the programme."""

    def __init__(self, settings: Settings, encoder: Encoder, turn: Turn, content: Content) -> None:
        self.turn = turn
        self._settings = settings
        self._encoder = encoder
        self._content = content
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        _tell(content)

    async def reload(self, expected: str | None = None) -> list[str]:
        """Take up what the folders hold now; gives a line for each kind of change, none when nothing changed.

        Turns under way end with what they began with. Raises KnowledgeError for a broken edit and SetupError
        when the content has not the `expected` key; the engines stay as they are then.
        """
        async with self._lock:
            content, found = await self._read(expected)
            if found:
                self.turn.engines = await asyncio.to_thread(load_engines, self._settings, self._encoder, content)
                self._content = content
                gc.unfreeze()  # what was there at the start may be garbage now
                _tell(content)
                log.info("Changed: %s", "; ".join(found))
            return found

    async def compare(self, expected: str) -> list[str]:
        """What `reload` would change, without doing it. Raises the same."""
        return (await self._read(expected))[1]

    async def _read(self, expected: str | None) -> tuple[Content, list[str]]:
        content = await asyncio.to_thread(read_content, self._settings)
        if expected not in (None, content.key):
            raise SetupError(_differs(self._settings))
        return content, changes(self._content, content)

    def hang_up(self) -> None:
        """Reload at a SIGHUP; what is wrong is logged."""
        self._task = asyncio.create_task(self._reload_and_log())

    async def _reload_and_log(self) -> None:
        try:
            await self.reload()
        except KnowledgeError as error:
            for problem in error.problems:
                log.error("The edited knowledge is refused: %s", problem)
        except Exception as error:  # whatever it is, the assistant answers with what it has
            log.error("The edited knowledge could not be taken up: %s", describe(error))


def load_turn(settings: Settings) -> Reloader:
    """Load everything for the first time, the data first: what is wrong in them is told at once.

    Raises KnowledgeError.
    """
    content = load_content(settings)
    encoder = load_encoder(cache_dir=settings.data_dir / "cache")
    return Reloader(settings, encoder, Turn(load_engines(settings, encoder, content)), content)


def _tell(content: Content) -> None:
    log.info("Knowledge %s: %d topics, %d examples", content.key, len(content.kb.topics), len(content.examples))
    KNOWLEDGE.info({"key": content.key})
    LOADED.set(time.time())


def _differs(settings: Settings) -> str:
    folders = [
        f"{name}={folder.absolute() if folder else ''}"
        for name, folder in (
            ("I2PCC_KNOWLEDGE_DIR", settings.knowledge_dir),
            ("I2PCC_TRAINING_DIR", settings.training_dir),
        )
    ]
    return (
        "The server finds something else in its folders and keeps what it has. Run the command again, "
        f"with the server's settings: {' '.join(folders)}"
    )
