"""Fetching the files that people send."""

import asyncio
import logging
from dataclasses import replace

from telegram import Message, Update
from telegram.error import BadRequest, TelegramError

from bot.filetypes import MAX_FILE
from bot.ports import File, Incoming
from connectors.telegram.client import Client

log = logging.getLogger(__name__)

_SECONDS = 30.0
"""For one file. The updates behind it wait meanwhile, and a webhook may take a minute."""


def brings_file(incoming: Incoming) -> bool:
    """Whether an update brings a photo or a document."""
    return incoming.kind == "unsupported" and incoming.detail in ("photo", "document")


async def with_file(client: Client, update: Update, incoming: Incoming) -> Incoming:
    """The update with its file, or with the reason why it could not be fetched; others as they are."""
    if not brings_file(incoming) or update.message is None:
        return incoming
    file_id, name, size = _described(update.message)
    if size > MAX_FILE:
        return declined(incoming, "file_too_large")
    try:
        async with asyncio.timeout(_SECONDS):
            file = await client.get_file(file_id)
            content = bytes(await file.download_as_bytearray(read_timeout=_SECONDS))
    except (TelegramError, TimeoutError) as exc:
        log.warning("a file could not be fetched from Telegram (%s)", type(exc).__name__)
        too_big = isinstance(exc, BadRequest) and "too big" in exc.message
        return declined(incoming, "file_too_large" if too_big else "file_lost")
    return replace(incoming, kind="attachment", detail="", file=File(name, content))


def declined(incoming: Incoming, reason: str) -> Incoming:
    """The update without its file."""
    return replace(incoming, kind="unsupported", detail=reason, file=None)


def _described(message: Message) -> tuple[str, str, int]:
    """Id, name and size in bytes (0: not told) of a message's file. Photos have no names of their own."""
    if message.document:
        return message.document.file_id, message.document.file_name or "", message.document.file_size or 0
    largest = message.photo[-1]
    return largest.file_id, f"photo-{largest.file_unique_id}.jpg", largest.file_size or 0
