"""A person on Telegram, who reads before answering."""

import re

from tests.chaos.conversations import BUTTON
from tests.chaos.history import Json, Seen
from tests.chaos.stage import Stage

_REFERENCE = re.compile(r"I2P-\w{6}")


class Chat:
    """A private chat with the bot."""

    def __init__(self, stage: Stage, number: int, language: str) -> None:
        self._stage = stage
        self._id = 1000 + number
        self._language = language
        self.seen = Seen("telegram", str(self._id))
        stage.seen.append(self.seen)

    async def says(self, line: str) -> None:
        """Type a line, or press a button once it is there, and wait for something new."""
        if line.startswith(BUTTON):
            payload = line.removeprefix(BUTTON)
            message = await self._stage.eventually(
                lambda: self._offering(payload), f"the button {payload} in chat {self._id}"
            )
            before = len(self._shown)
            self._stage.telegram.press(self._id, message, payload, language_code=self._language)
            self.seen.presses += 1
        else:
            before = len(self._shown)
            self._stage.telegram.send_text(self._id, line, language_code=self._language)
            self.seen.typed.append(line)
        await self._stage.eventually(lambda: len(self._shown) > before, f"an answer to “{line}” in chat {self._id}")
        self._stage.step("turns on Telegram")

    async def tells(self, line: str) -> None:
        """Type a line that a coordinator reads: no answer has to come."""
        self._stage.telegram.send_text(self._id, line, language_code=self._language)
        self.seen.typed.append(line)

    def sees(self, text: str) -> bool:
        """Whether the chat shows a text."""
        return any(text in message["text"] for message in self._shown)

    def reference(self) -> str | None:
        """The reference that the chat shows."""
        found = (_REFERENCE.search(message["text"]) for message in self._shown)
        return next((f[0] for f in found if f), None)

    @property
    def _shown(self) -> list[Json]:
        return self._stage.telegram.sent(self._id)

    def _offering(self, payload: str) -> Json | None:
        for message in reversed(self._shown):
            rows = (message["reply_markup"] or {}).get("inline_keyboard", [])
            if any(key["callback_data"] == payload for row in rows for key in row):
                return message
        return None
