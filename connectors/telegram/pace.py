"""How fast one chat may write. A person never meets the limit, a script does."""

import time

from telegram import Update

from connectors.limit import Limit

PER_CHAT = 40
"""Messages a minute, and as many buttons."""


class Pace:
    """Counts what a chat sent by the time at which it was sent.

    So what piled up while the assistant was away, and arrives at once, is not taken for a flood.
    """

    def __init__(self, enabled: bool) -> None:
        self._enabled = enabled
        self._messages = Limit(PER_CHAT, 60)
        self._buttons = Limit(PER_CHAT, 60)

    def allows(self, address: str, update: Update) -> bool:
        """Whether the chat has not yet sent too much."""
        limit, sent = self._counted(update)
        return not self._enabled or not limit.wait(address, sent)

    def count(self, address: str, update: Update) -> None:
        """Count an update that was taken in."""
        if self._enabled:
            limit, sent = self._counted(update)
            limit.hit(address, sent)

    def _counted(self, update: Update) -> tuple[Limit, float]:
        message = update.message or update.edited_message
        if message is None:  # a pressed button has no time of its own
            return self._buttons, time.time()
        return self._messages, (message.edit_date or message.date).timestamp()
