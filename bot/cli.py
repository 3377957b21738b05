"""The way in: `i2pcc` is the server, or one of bot.commands, which the server does not load."""

import gc
import os
import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.settings import Settings


def main() -> None:
    """Run the command line. What an operator has to mend is told in one line, with exit code 2."""
    # Whatever is written holds people's data, or models that are trusted: database, exports, caches.
    os.umask(0o077)
    # What a start makes stays, and looking for garbage in it takes a tenth of the start.
    gc.disable()
    try:
        if sys.argv[1:] not in ([], ["serve"]):
            from bot.commands import app

            gc.enable()
            app()
        else:
            from bot.wiring import serve

            run(serve)
    except Exception as error:
        _tell(error)


def run(serve: "Callable[[Settings], Coroutine[Any, Any, None]]") -> None:
    """Run a server or a worker until it is told to stop."""
    import asyncio
    import signal

    import uvloop

    from bot.logs import configure
    from bot.settings import Settings

    gc.disable()  # until it serves
    settings = Settings()
    configure(settings.log_level)
    if not sys.stdin.isatty():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until it means a reload
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings))


def _tell(error: Exception) -> None:
    """What is to be mended, and the end; any other error is raised again."""
    from pydantic import ValidationError

    from bot.errors import SetupError
    from knowledge.errors import KnowledgeError
    from nlu.training import TrainingError

    match error:
        case SetupError():
            _stop(str(error))
        case KnowledgeError():
            _stop("The knowledge base does not hold together:\n" + "\n".join(f"  {p}" for p in error.problems))
        case TrainingError():
            _stop(f"The training examples cannot be used: {error}")
        case ValidationError():
            _stop("\n".join(_setting_problem(e["loc"], e["msg"]) for e in error.errors()))
    raise error


def _setting_problem(location: tuple[int | str, ...], problem: str) -> str:
    name = "I2PCC_" + "_".join(str(part) for part in location).upper()
    return f"The setting {name} cannot be used: {problem}. docs/operators.md lists what it takes."


def _stop(message: str) -> None:
    print(message, file=sys.stderr)  # noqa: T201
    raise SystemExit(2)
