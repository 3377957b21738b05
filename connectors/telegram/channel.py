"""Telegram as a channel of the assistant."""

import asyncio
import contextlib
import logging
import re

from starlette.routing import BaseRoute
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.errors import SetupError
from bot.ports import Delivery, Gateway, Sent
from bot.settings import Settings
from connectors.telegram import webhook
from connectors.telegram.client import ALLOWED_UPDATES, Client
from connectors.telegram.pace import Pace
from connectors.telegram.polling import Poller
from connectors.telegram.receiving import Receiver
from connectors.telegram.sending import Sender
from connectors.telegram.texts import texts
from nlu.types import LanguageCode

log = logging.getLogger(__name__)

_FIRST_CONNECT_SECONDS = 5.0
_LONGEST_PAUSE = 60.0
_MENUS: tuple[tuple[str | None, LanguageCode], ...] = (
    (None, "en"),
    ("en", "en"),
    ("nl", "nl"),
    ("zh", "zh-Hans"),
)
"""Menus by Telegram's language code; the first is for everyone else."""


class TelegramChannel:
    """The Telegram bot: by webhook when its secret and the public address are set, else by long polling."""

    name = "telegram"

    def __init__(self, settings: Settings, gateway: Gateway) -> None:
        if settings.telegram_token is None:
            raise SetupError("Telegram needs a token: get one from @BotFather and set I2PCC_TELEGRAM_TOKEN")
        self._gateway = gateway
        self._base_url = settings.telegram_base_url
        try:
            self._client = Client(settings.telegram_token.get_secret_value(), self._base_url)
        except InvalidToken:
            raise SetupError(self._wrong_token()) from None
        self._secret, self._webhook_url = _webhook(settings)
        self._receiver = Receiver(self._client, gateway, Pace(settings.rate_limit == "on"))
        self._sender = Sender(self._client)
        self._task: asyncio.Task[None] | None = None

    def routes(self) -> list[BaseRoute]:
        """What the web server has to serve for Telegram: the webhook, or nothing when polling."""
        return [webhook.route(self._secret, self._receiver.take)] if self._secret else []

    async def start(self) -> None:
        """Connect and receive. Raises SetupError for a wrong token or webhook address.

        While Telegram cannot be reached it is tried again in the background.
        """
        try:
            async with asyncio.timeout(_FIRST_CONNECT_SECONDS):
                await self._connect()
        except (TelegramError, TimeoutError):
            log.warning(
                "Telegram cannot be reached at %s: check network and I2PCC_TELEGRAM_BASE_URL; trying again",
                self._base_url,
            )
            self._task = asyncio.create_task(self._connect_later())
        else:
            self._task = asyncio.create_task(self._serve())

    async def stop(self) -> None:
        """Stop receiving, finish the turns under way and disconnect. The webhook stays set."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        await self._receiver.finish()
        await self._client.shutdown()

    async def send(self, delivery: Delivery) -> Sent:
        """Send one outbox row; returns the messages' ids. Raises Retry or Undeliverable."""
        return await self._sender.send(delivery)

    async def _connect(self) -> None:
        try:
            await self._client.initialize()
            if self._secret:
                await self._client.set_webhook(
                    self._webhook_url, secret_token=self._secret, allowed_updates=ALLOWED_UPDATES
                )
            else:
                await self._client.delete_webhook(drop_pending_updates=False)
        except InvalidToken:
            raise SetupError(self._wrong_token()) from None
        except BadRequest as exc:
            raise SetupError(f"Telegram refuses the webhook, check I2PCC_PUBLIC_URL: {exc.message}") from None

    async def _connect_later(self) -> None:
        pause = 1.0
        while True:
            await asyncio.sleep(pause)
            pause = min(_LONGEST_PAUSE, pause * 2)
            try:
                await self._connect()
            except SetupError as exc:
                log.error("%s", exc)
            except TelegramError:
                continue
            else:
                break
        log.info("Telegram is reached")
        await self._serve()

    async def _serve(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._introduce())
            if not self._secret:
                group.create_task(self._poll())

    async def _poll(self) -> None:
        await self._gateway.alone("fetching Telegram's updates", Poller(self._client, self._receiver.take).run)

    async def _introduce(self) -> None:
        """Show the commands and what the bot is, in every language. Telegram works without them."""
        for code, language in _MENUS:
            words = texts(language)
            try:
                await self._client.set_my_commands(list(words.commands.items()), language_code=code)
                await self._client.set_my_short_description(words.about, language_code=code)
            except TelegramError as exc:
                log.info("Telegram did not take the menu in %s (%s)", language, type(exc).__name__)

    def _wrong_token(self) -> str:
        return f"Telegram ({self._base_url}) refuses I2PCC_TELEGRAM_TOKEN: copy the token again from @BotFather"


def _webhook(settings: Settings) -> tuple[str, str]:
    """The webhook's secret and address, both empty when updates are polled."""
    if settings.telegram_webhook_secret is None or settings.public_url is None:
        return "", ""
    secret = settings.telegram_webhook_secret.get_secret_value()
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise SetupError("I2PCC_TELEGRAM_WEBHOOK_SECRET may hold 1 to 256 of A-Z, a-z, 0-9, _ and - only")
    return secret, settings.public_url.rstrip("/") + webhook.PATH
