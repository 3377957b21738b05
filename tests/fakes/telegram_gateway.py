"""The bot as the Telegram connector sees it: an inbox in memory."""

from collections.abc import Awaitable, Callable

from bot.filetypes import check
from bot.ports import PAGE, Coordination, Export, Incoming, Json, Opened, Reply, Subscription
from nlu.types import LanguageCode


class FakeGateway:
    """Accepts and answers. `failures` are raised by the next calls of `accept`, one each.

    `language` is that of every conversation; while it is None there is none.
    """

    def __init__(self) -> None:
        self.inbox: list[Incoming] = []
        self.answered: list[int] = []
        self.failures: list[Exception] = []
        self.language: LanguageCode | None = None

    @property
    def texts(self) -> list[str]:
        return [incoming.text for incoming in self.inbox]

    async def accept(self, incoming: Incoming) -> int:
        if self.failures:
            raise self.failures.pop(0)
        if incoming.file:
            check(incoming.file.content)
        for number, known in enumerate(self.inbox, start=1):
            if known.external_id == incoming.external_id:
                return number
        self.inbox.append(incoming)
        return len(self.inbox)

    async def answer(self, inbox_id: int) -> Reply:
        self.answered.append(inbox_id)
        return Reply((), "en", None, "assistant", None)

    async def open(self, language_hint: LanguageCode | None = None) -> Opened:
        raise NotImplementedError

    async def authorise(self, conversation_id: str, token: str) -> None:
        raise NotImplementedError

    async def messages_after(self, conversation_id: str, seq: int, limit: int = PAGE) -> Reply:
        assert self.language is not None
        return Reply((), self.language, None, "assistant", None)

    def subscribe(self, conversation_id: str) -> Subscription:
        raise NotImplementedError

    def sources(self, language: LanguageCode) -> list[Json]:
        raise NotImplementedError

    async def export(self, conversation_id: str) -> Export:
        raise NotImplementedError

    async def conversation_id(self, channel: str, address: str) -> str | None:
        return None if self.language is None else f"{channel}:{address}"

    async def alone(self, duty: str, work: Callable[[], Awaitable[None]]) -> None:
        await work()

    async def coordinate(self, action: Coordination) -> None:
        raise NotImplementedError
