"""Messages and files on their way to a person."""

from time import monotonic

import httpx
from telegram import InlineKeyboardMarkup, InputFile, LinkPreviewOptions, Message
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.ports import Delivery, Outage, Retry, Sent, Undeliverable
from bot.recent import Recent
from connectors.telegram import layout
from connectors.telegram.client import Client

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Sender:
    """Sends outbox rows.

    Telegram has no key to recognise a repeated send and lets no bot read what it sent, so that a send whose
    outcome is unknown is made again: a message twice is better than none. Parts of a long message that
    surely arrived are not sent again.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._arrived: Recent[str, list[int]] = Recent()
        self._floods = Floods()
        self._previews_known = True

    async def send(self, delivery: Delivery) -> Sent:
        """Send one outbox row; returns the messages' ids. Raises Retry, Outage or Undeliverable."""
        ids = self._arrived.pop(delivery.id, [])
        try:
            if delivery.kind == "message":
                await self._message(delivery, ids)
            elif delivery.kind == "export":
                ids.append((await self._document(delivery)).message_id)
            else:
                raise Undeliverable(f"Telegram has no shape for a delivery of kind {delivery.kind}")
        except TelegramError as exc:
            self._arrived[delivery.id] = ids
            if isinstance(exc, RetryAfter):
                raise self._floods.pause(delivery.address, _seconds(exc)) from None
            raise failure(exc) from None
        except ValueError as exc:
            raise Undeliverable(str(exc)) from None
        return Sent(external={"message_ids": ids})

    async def _message(self, delivery: Delivery, ids: list[int]) -> None:
        markup = layout.keyboard(delivery.body)
        parts = layout.split(layout.body_text(delivery.body))
        for index in range(len(ids), len(parts)):
            last = index == len(parts) - 1
            message = await self._text(int(delivery.address), parts[index], markup if last else None)
            ids.append(message.message_id)

    async def _text(self, chat_id: int, text: str, markup: InlineKeyboardMarkup | None) -> Message:
        if "://" not in text or not self._previews_known:
            return await self._client.send_message(chat_id, text, reply_markup=markup)
        try:
            return await self._client.send_message(chat_id, text, reply_markup=markup, link_preview_options=_NO_PREVIEW)
        except BadRequest as exc:
            # Bot API servers other than Telegram's own may refuse options that are younger than they are.
            if "link_preview_options" not in exc.message.lower():
                raise
            self._previews_known = False
            return await self._client.send_message(chat_id, text, reply_markup=markup)

    async def _document(self, delivery: Delivery) -> Message:
        content = str(delivery.body["content"]).encode()
        document = InputFile(content, filename=delivery.body["filename"])
        return await self._client.send_document(int(delivery.address), document)


class Floods:
    """Whether a 429 is meant for one chat or for the whole bot, which Telegram does not say.

    A chat that is written to too fast gets it alone. When a second chat gets one before the first one's pause is over,
    it is the bot's, and all of them wait.
    """

    def __init__(self) -> None:
        self._chat = ""
        self._until = 0.0

    def pause(self, chat: str, seconds: float) -> Retry:
        """What a 429 for a chat, with its delay, means."""
        now = monotonic()
        ours = now < self._until and chat != self._chat
        self._chat, self._until = chat, max(self._until, now + seconds)
        after = self._until - now if ours else seconds
        return Retry("Telegram asks for a pause", after=after, holds=("message", "export") if ours else ())


def failure(exc: TelegramError) -> Retry | Undeliverable:
    """What a refused or failed send means for its outbox row."""
    if isinstance(exc, Forbidden | ChatMigrated | BadRequest):
        return Undeliverable(exc.message)
    if isinstance(exc, InvalidToken):
        return Outage("Telegram refuses the token", advice="set a new I2PCC_TELEGRAM_TOKEN and restart")
    # A server that answered with an error has not sent; a line that broke off has told nothing.
    return Outage(_kind(exc), uncertain=_outcome_unknown(exc))


def _seconds(exc: RetryAfter) -> float:
    after = exc.retry_after
    return float(after) if isinstance(after, int) else after.total_seconds()


def _outcome_unknown(exc: TelegramError) -> bool:
    return isinstance(exc.__cause__, httpx.HTTPError) and not isinstance(exc.__cause__, _NEVER_LEFT)


def _kind(exc: TelegramError) -> str:
    return f"Telegram cannot be reached: {type(exc.__cause__ or exc).__name__}"
