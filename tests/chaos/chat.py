"""A person on Telegram, who reads before answering."""

import re

from tests.chaos.conversations import BUTTON, FILE
from tests.chaos.history import Json, Seen
from tests.chaos.stage import Stage
from tests.files import PDF

_REFERENCE = re.compile(r"I2P-\w{6}")


class Chat:
    """A private chat with the bot."""

    def __init__(self, stage: Stage, number: int, language: str) -> None:
        self._stage = stage
        self._id = 1000 + number
        self._language = language
        self._sent: set[int] = set()
        self.seen = Seen("telegram", str(self._id))
        stage.seen.append(self.seen)

    async def says(self, line: str) -> None:
        """Type a line, send a file, or press a button once it is there, and wait for something new.

        What is new may be an old message once more, so what was said has to be taken as well: the next line would
        overtake it.
        """
        before = len(self._shown)
        if line.startswith(BUTTON):
            await self._press(line.removeprefix(BUTTON))
        elif line.startswith(FILE):
            await self.sends(line.removeprefix(FILE))
        else:
            await self.tells(line)
        await self._answered(before, 1)

    async def asks(self, *lines: str) -> None:
        """Type several lines in one go, and wait for as many answers."""
        before = len(self._shown)
        await self.tells(*lines)
        await self._answered(before, len(lines))

    async def tells(self, *lines: str) -> None:
        """Type lines to which no answer has to come, in one go."""
        for line in lines:
            self._sent.add(self._stage.telegram.send_text(self._id, line, language_code=self._language))
        self.seen.typed += lines
        if self._stage.telegram.webhook["url"]:
            self.seen.at_once.append(list(lines))

    async def sends(self, name: str) -> None:
        """Send a file, to which no answer has to come."""
        content = PDF + name.encode()
        self._sent.add(self._stage.telegram.send_document(self._id, name, content, language_code=self._language))
        self.seen.typed.append(f"📎 {name}")
        self.seen.files[name] = len(content)

    def sees(self, text: str) -> bool:
        """Whether the chat shows a text."""
        return any(text in message["text"] for message in self._shown)

    def reference(self) -> str | None:
        """The reference that the chat shows."""
        found = (_REFERENCE.search(message["text"]) for message in self._shown)
        return next((f[0] for f in found if f), None)

    async def _press(self, payload: str) -> None:
        message = await self._stage.eventually(
            lambda: self._offering(payload), f"the button {payload} in chat {self._id}"
        )
        self._sent.add(self._stage.telegram.press(self._id, message, payload, language_code=self._language))
        self.seen.presses += 1

    async def _answered(self, before: int, answers: int) -> None:
        await self._stage.eventually(
            lambda: len(self._shown) >= before + answers and self._sent.isdisjoint(self._stage.telegram.pending()),
            f"an answer to “{self.seen.typed[-1]}” in chat {self._id}",
        )
        self._stage.step("turns on Telegram")

    @property
    def _shown(self) -> list[Json]:
        return self._stage.telegram.sent(self._id)

    def _offering(self, payload: str) -> Json | None:
        for message in reversed(self._shown):
            rows = (message["reply_markup"] or {}).get("inline_keyboard", [])
            if any(key["callback_data"] == payload for row in rows for key in row):
                return message
        return None
