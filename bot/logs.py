"""Logging for operators: one line an event, no personal data, no secrets."""

import logging
import re
import sys

from bot.privacy import describe

_TOKENS = re.compile(r"bot\d+:[\w-]{20,}|xox[a-z]-[\w-]+|xapp-[\w-]+|Bearer \S+")
_NOISY = (
    "uvicorn",
    "httpx",
    "httpcore",
    "slack_sdk",
    "slack_bolt",
    "telegram",
    "aiohttp",
    "asyncio",
    "alembic",
    "aiosqlite",
)


class Redacting(logging.Filter):
    """Takes tokens out of messages that libraries write, and an error's own words: they may quote a person."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Redact the formatted message; never drops a record."""
        message = record.getMessage()
        clean = _TOKENS.sub("…", message)
        if record.exc_info and record.exc_info[1]:
            clean = f"{clean} ({describe(record.exc_info[1])})"
            record.exc_info = record.exc_text = None
        if clean != message:
            record.msg, record.args = clean, ()
        return True


def configure(level: str) -> None:
    """Log to standard error; libraries only from warnings on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(Redacting())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
