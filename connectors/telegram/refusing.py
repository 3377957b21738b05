"""Telling a person that something they sent was not taken in."""

import logging
from time import monotonic
from typing import Literal

from telegram import CallbackQuery
from telegram.error import TelegramError

from bot.errors import RequestError
from bot.ports import Gateway, Incoming
from bot.recent import Recent
from connectors.telegram.client import Client
from connectors.telegram.texts import texts
from nlu.types import LanguageCode

log = logging.getLogger(__name__)

Reason = Literal["refused", "too_fast"]
_SECONDS = 60
_NO_MESSAGES = 2**53
"""A cursor after every message."""


class Refusals:
    """Answers in the conversation's language; a message at most once a minute, a pressed button each time."""

    def __init__(self, client: Client, gateway: Gateway) -> None:
        self._client = client
        self._gateway = gateway
        self._told: Recent[tuple[str, Reason], float] = Recent()

    async def tell(self, incoming: Incoming, reason: Reason, query: CallbackQuery | None = None) -> None:
        """Say that it has to be sent, or pressed, again."""
        key, now = (incoming.address, reason), monotonic()
        if now - self._told.get(key, -_SECONDS) >= _SECONDS:
            self._told[key] = now
            log.warning("something from a Telegram chat was not taken in (%s)", reason)
        elif query is None:
            return
        try:
            text = getattr(texts(await self._language(incoming)), reason)
            if query is not None:
                await query.answer(text)
            else:
                await self._client.send_message(int(incoming.address), text)
        except TelegramError as exc:
            log.info("a person could not be told that a message was not taken in (%s)", type(exc).__name__)

    async def _language(self, incoming: Incoming) -> LanguageCode:
        try:
            known = await self._gateway.conversation_id(incoming.channel, incoming.address)
            if known is not None:
                return (await self._gateway.messages_after(known, _NO_MESSAGES)).language
        except RequestError as exc:
            log.debug("the language of a chat is not known (%s)", exc.code)
        return incoming.language_hint or "en"
