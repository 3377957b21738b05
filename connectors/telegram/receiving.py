"""From an update to its turn: commit first, then the courtesies of the platform."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Coroutine
from dataclasses import replace
from typing import Any

from telegram import CallbackQuery, Update
from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.errors import RequestError
from bot.ports import Gateway, Incoming, Json
from bot.recent import Recent
from connectors.telegram import layout
from connectors.telegram.client import Client
from connectors.telegram.files import brings_file, declined, with_file
from connectors.telegram.pace import Pace
from connectors.telegram.refusing import Refusals
from connectors.telegram.texts import texts
from connectors.telegram.updates import group_of, language_hint, later_in_album, read, removed

log = logging.getLogger(__name__)

_TYPING_SECONDS = 4.5
"""Telegram shows "typing" for five seconds."""
_FINISH_SECONDS = 10
_TOPIC = re.compile(
    r"(region|province|challenge|domain|programme|assistant|unknown):|(region|province|challenge|domain)s$"
)
"""Payloads that open a topic: their keyboards stay, because further topics on them may be opened."""


class Receiver:
    """Takes updates, however they arrived."""

    def __init__(self, client: Client, gateway: Gateway, pace: Pace) -> None:
        self._client = client
        self._gateway = gateway
        self._pace = pace
        self._refusals = Refusals(client, gateway)
        self._tasks: set[asyncio.Task[None]] = set()
        self._albums: Recent[str, int] = Recent()
        self._groups: Recent[int, bool] = Recent()

    async def take(self, raw: Json) -> None:
        """Commit an update to the inbox and set its turn going; only then it may be confirmed to Telegram.

        Raises what the gateway raises when it could not commit: the update must come again.
        """
        try:
            update = Update.de_json(raw, self._client)
        except Exception as exc:
            # Whatever it is, it will not become readable, and others wait behind it.
            log.error("a Telegram update cannot be read (%s) and is skipped", type(exc).__name__)
            return
        incoming = self._once_per_album(update, read(update))
        if incoming is not None and not self._pace.allows(incoming.address, update):
            # The keyboard of a pressed button stays, so that it can be pressed again.
            self._spawn(self._refusals.tell(incoming, "too_fast", update.callback_query))
            return
        if update.callback_query:
            self._spawn(self._settle(update.callback_query))
        if incoming is None:
            self._spawn(self._greet_group(update))
            return
        try:
            inbox_id = await self._accept(await with_file(self._client, update, incoming))
        except RequestError as exc:
            if exc.status >= 500:
                raise
            log.warning("a Telegram message was refused (%s)", exc.code)
            self._spawn(self._refusals.tell(incoming, "refused"))
            return
        self._pace.count(incoming.address, update)
        self._remember_album(update)
        typing = layout.thumb(incoming.payload) is None  # a thumb may well be answered by nothing
        self._spawn(self._turn(int(incoming.address), inbox_id, typing))

    async def finish(self) -> None:
        """Let turns under way come to their end, and cancel those that take too long."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=_FINISH_SECONDS)
            for task in late:
                task.cancel()

    async def _accept(self, incoming: Incoming) -> int:
        try:
            return await self._gateway.accept(incoming)
        except RequestError as exc:
            if incoming.file is None or not exc.code.startswith("file_"):
                raise
            return await self._gateway.accept(declined(incoming, exc.code))

    def _once_per_album(self, update: Update, incoming: Incoming | None) -> Incoming | None:
        album = update.message.media_group_id if update.message else None
        if incoming is None or album is None or self._albums.get(album, update.update_id) == update.update_id:
            return incoming
        return replace(incoming, later=True) if brings_file(incoming) else later_in_album(incoming)

    def _remember_album(self, update: Update) -> None:
        if update.message and update.message.media_group_id:
            self._albums.setdefault(update.message.media_group_id, update.update_id)

    async def _turn(self, chat_id: int, inbox_id: int, typing: bool) -> None:
        done = asyncio.Event()
        if typing:
            self._spawn(self._typing(chat_id, done))
        try:
            await self._gateway.answer(inbox_id)
        except Exception as exc:
            # Its row stays in the inbox for a worker. The error's words are not logged: they may be personal.
            log.error("the turn of inbox row %s failed (%s)", inbox_id, type(exc).__name__)
        finally:
            done.set()

    async def _typing(self, chat_id: int, done: asyncio.Event) -> None:
        while True:
            await _best_effort(self._client.send_chat_action(chat_id, ChatAction.TYPING))
            try:
                await asyncio.wait_for(done.wait(), _TYPING_SECONDS)
            except TimeoutError:
                continue
            return

    async def _settle(self, query: CallbackQuery) -> None:
        sign = layout.thumb(query.data or "")
        # A rating is acknowledged by its sign, which passes over the chat; nothing else may follow it.
        await _best_effort(query.answer(sign))
        if query.message and not sign and not _TOPIC.match(query.data or ""):
            await _best_effort(self._client.edit_message_reply_markup(query.message.chat.id, query.message.message_id))

    async def _greet_group(self, update: Update) -> None:
        group = group_of(update)
        user = update.effective_user
        if group is None or (user is not None and user.is_bot):
            return
        if removed(update):
            self._groups.pop(group.id, None)
            return
        if group.id in self._groups:
            return
        words = texts(language_hint(user) or "en")
        self._groups[group.id] = True
        try:
            me = await self._client.get_me()
            await self._client.send_message(group.id, words.group.format(bot=me.link or me.first_name))
        except TelegramError as exc:
            log.info("a group could not be told that it is not served (%s)", type(exc).__name__)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _best_effort(call: Awaitable[object]) -> None:
    try:
        await call
    except TelegramError as exc:
        log.debug("a courtesy call to Telegram failed (%s)", type(exc).__name__)
