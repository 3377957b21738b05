"""Rasa's command line. The server's token comes by the environment: arguments can be read by every user."""

import os
import sys

import skops.io  # noqa: F401 - imported after Rasa it costs ten seconds
from rasa.__main__ import main

if __name__ == "__main__":
    token = os.environ.pop("RASA_AUTH_TOKEN", "")
    if token:
        sys.argv += ["--auth-token", token]
    main()
