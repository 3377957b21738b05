"""Rasa's command line. The server's token comes by the environment: arguments can be read by every user."""

import logging
import os
import sys

logging.captureWarnings(True)
logging.getLogger("py.warnings").setLevel(logging.ERROR)  # the libraries speak of their own age

import skops.io  # noqa: E402, F401 - imported after Rasa it costs ten seconds
from rasa.__main__ import main  # noqa: E402
from rasa.core import run  # noqa: E402

_load = run.load_agent_on_start


async def _load_and_warm(*arguments):
    """Parse once before the first person is served: patterns are compiled then, which takes longest. Needs a model."""
    agent = await _load(*arguments)
    await agent.parse_message("hello")
    return agent


if __name__ == "__main__":
    token = os.environ.pop("RASA_AUTH_TOKEN", "")
    if token:
        sys.argv.append(f"--auth-token={token}")
    run.load_agent_on_start = _load_and_warm
    main()
