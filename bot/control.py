"""The line between a command and the server of the same data folder: a Unix socket for its owner alone.

A request is one line of JSON, {"command": "compare", "reload" or "look", "expected": key}; so is the answer,
{"changes": […]} or {"problem": "…"}. `look` lets the server look for work that a command left in the database.
"""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Literal

from bot.errors import AssistantError, SetupError
from bot.privacy import describe
from bot.reloading import Reloader
from bot.settings import Settings
from knowledge.errors import KnowledgeError

log = logging.getLogger(__name__)

Command = Literal["compare", "reload"]
Look = Callable[[], None]

PATIENCE = 120.0
"""Seconds in which the server must have taken the knowledge up."""
_ASKING = 5.0


def address(settings: Settings) -> Path:
    """Where the server of a data folder listens for commands."""
    return settings.data_dir / "i2pcc.sock"


@asynccontextmanager
async def commanded(settings: Settings, reloader: Reloader, look: Look) -> AsyncIterator[None]:
    """Carry out the commands that come, until the end of the block."""
    path = address(settings)
    try:
        server = await _listen(path, reloader, look)
    except OSError as error:
        log.warning("`i2pcc reload` cannot reach this server, SIGHUP can: %s: %s", path, error.strerror or error)
        yield
        return
    try:
        yield
    finally:
        server.close()
        path.unlink(missing_ok=True)


async def _listen(path: Path, reloader: Reloader, look: Look) -> asyncio.AbstractServer:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, ValueError, LookupError):  # somebody who only looks whether a server is there
            request = json.loads(await asyncio.wait_for(reader.readline(), _ASKING))
            answer = await _carry_out(reloader, look, request["command"], request["expected"])
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        writer.close()

    return await asyncio.start_unix_server(serve, sock=_bound(path))


def _bound(path: Path) -> socket.socket:
    if _answers(path):
        raise OSError("another server listens there; give each its own I2PCC_DATA_DIR")
    path.unlink(missing_ok=True)
    line = socket.socket(socket.AF_UNIX)
    line.bind(str(path))
    path.chmod(0o600)
    return line


async def _carry_out(reloader: Reloader, look: Look, command: str, expected: str) -> dict[str, object]:
    if command == "look":
        look()
        return {"changes": []}
    commands = {"compare": reloader.compare, "reload": reloader.reload}
    try:
        return {"changes": await commands[command](expected)}
    except KnowledgeError as error:
        return {"problem": "\n".join(error.problems)}
    except AssistantError as error:
        return {"problem": str(error)}
    except Exception as error:
        log.error("The edited knowledge could not be taken up: %s", describe(error))
        return {"problem": f"The server could not take it up and keeps what it has: {describe(error)}"}


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        try:
            line.connect(str(path))
        except OSError:
            return False
    return True


def poke(settings: Settings) -> bool:
    """Let the server of the data folder look for work at once; whether one runs."""
    with socket.socket(socket.AF_UNIX) as line, suppress(OSError):
        line.settimeout(_ASKING)
        line.connect(str(address(settings)))
        line.sendall(json.dumps({"command": "look", "expected": ""}).encode() + b"\n")
        with line.makefile("rb") as answers:
            return bool(answers.readline())
    return False


def ask(settings: Settings, command: Command, expected: str) -> list[str]:
    """Let the server compare or take up the content of that key; gives what changes.

    Raises SetupError when no server listens, or when it refuses.
    """
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(PATIENCE)
        try:
            line.connect(str(address(settings)))
        except OSError as error:
            raise SetupError(
                f"The edit is sound, but no server runs with the data folder {settings.data_dir.absolute()}. "
                "The next start takes it up; if one runs, give this command its I2PCC_DATA_DIR"
            ) from error
        try:
            line.sendall(json.dumps({"command": command, "expected": expected}).encode() + b"\n")
            with line.makefile("rb") as answers:
                answer = json.loads(answers.readline())
        except (OSError, ValueError) as error:
            raise SetupError("The server did not answer; its log says why") from error
    if "problem" in answer:
        raise SetupError(answer["problem"])
    changed: list[str] = answer["changes"]
    return changed
