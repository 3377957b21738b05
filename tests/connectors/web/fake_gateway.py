"""A small bot in memory behind the Gateway port: enough to hold the web channel against its contract."""

import asyncio
import itertools
import json
import secrets
from collections import defaultdict
from dataclasses import dataclass, field, replace

from bot.errors import RequestError
from bot.filetypes import check
from bot.ports import PAGE, Coordination, Export, Incoming, Json, Opened, Outgoing, Owner, Reply
from nlu.types import LanguageCode

PRIVATE = "someone@example.com"
"""Stands in every unexpected error; no log may hold it."""

CHOICES = (
    {"title": "Done", "payload": "form:done"},
    {"title": "✓ Hebei", "payload": "slot:preferred_regions=region:hebei"},
    {"title": "Shaanxi", "payload": "slot:preferred_regions=region:shaanxi"},
    {"title": "← Back", "payload": "form:back"},
)
BUTTONS = ({"title": "Hebei", "payload": "region:hebei"}, {"title": "Shaanxi", "payload": "region:shaanxi"})
SOURCES = [
    {"key": "S1", "title": "Programme synopsis", "url": None},
    {"key": "S2", "title": "Project page", "url": "https://cleantechflanders.com/"},
]


@dataclass
class Conversation:
    token: str
    language: LanguageCode = "en"
    owner: Owner = "assistant"
    messages: list[Outgoing] = field(default_factory=list)
    received: list[Incoming] = field(default_factory=list)


class FakeSubscription:
    def __init__(self, listeners: set["FakeSubscription"]) -> None:
        self.event = asyncio.Event()
        self.listeners = listeners
        listeners.add(self)

    async def wait(self) -> None:
        await self.event.wait()
        self.event.clear()

    def close(self) -> None:
        self.listeners.discard(self)


class FakeGateway:
    def __init__(self) -> None:
        self.conversations: dict[str, Conversation] = {}
        self.inbox: dict[str, int] = {}
        self.updates: dict[int, Incoming] = {}
        self.replies: dict[int, Reply] = {}
        self.listeners: dict[str, set[FakeSubscription]] = defaultdict(set)
        self.delay = 0.0
        self.failures: list[RequestError] = []
        """What the next answers fail with, after their messages were taken in."""
        self._ids = itertools.count(1)

    async def open(self, language_hint: LanguageCode | None = None) -> Opened:
        name = f"c{next(self._ids)}"
        self.conversations[name] = Conversation(secrets.token_hex(8), language_hint or "en")
        return Opened(name, self.conversations[name].token)

    async def authorise(self, conversation_id: str, token: str) -> None:
        if self._conversation(conversation_id).token != token:
            raise RequestError(401, "unauthorized", "the token does not open this conversation")

    async def accept(self, incoming: Incoming) -> int:
        if incoming.file:
            check(incoming.file.content)
        if incoming.external_id not in self.inbox:
            number = next(self._ids)
            self.inbox[incoming.external_id] = number
            self.updates[number] = incoming
        return self.inbox[incoming.external_id]

    async def answer(self, inbox_id: int) -> Reply:
        if self.failures:
            raise self.failures.pop(0)
        if inbox_id not in self.replies:
            await asyncio.sleep(self.delay)
            incoming = self.updates[inbox_id]
            conversation = self.conversations[incoming.address]
            conversation.received.append(incoming)
            said = self._react(conversation, incoming)
            self.replies[inbox_id] = self._say(incoming.address, said)
        return self.replies[inbox_id]

    async def reply_to(self, incoming: Incoming) -> Reply:
        return await self.answer(await self.accept(incoming))

    async def messages_after(self, conversation_id: str, seq: int, limit: int = PAGE) -> Reply:
        conversation = self._conversation(conversation_id)
        found = [m for m in conversation.messages if m.seq > seq]
        return replace(self._reply(conversation, found[:limit]), more=len(found) > limit)

    def subscribe(self, conversation_id: str) -> FakeSubscription:
        return FakeSubscription(self.listeners[conversation_id])

    def sources(self, language: LanguageCode) -> list[Json]:
        return [{**source, "title": f"{source['title']} ({language})"} for source in SOURCES]

    async def export(self, conversation_id: str) -> Export:
        received = [incoming.text for incoming in self._conversation(conversation_id).received]
        return Export('my "data".json', json.dumps({"received": received}).encode())

    async def coordinate(self, action: Coordination) -> None:
        raise NotImplementedError

    def push(self, name: str, text: str, owner: Owner | None = None) -> None:
        """A message out of turn, as a coordinator's; call it in the server's loop."""
        conversation = self.conversations[name]
        conversation.owner = owner or conversation.owner
        self._say(name, [("notice", text, (), ())])

    def claim(self, name: str, owner: Owner) -> None:
        """Change the owner without a word."""
        self.conversations[name].owner = owner
        self._wake(name)

    def _conversation(self, name: str) -> Conversation:
        if name not in self.conversations:
            raise RequestError(404, "not_found", "no such conversation")
        return self.conversations[name]

    def _react(self, conversation: Conversation, incoming: Incoming) -> list[tuple]:
        if incoming.file:
            return [("notice", f"Kept {incoming.file.name}", (), ())]
        said = incoming.text or incoming.payload
        if said == "explode":
            raise RuntimeError(f"INSERT INTO inbox VALUES ('{PRIVATE}')")
        if said in {"409", "429", "503"}:
            raise RequestError(int(said), "from_gateway", "for programs", retry_after=7)
        if said.startswith("/language "):
            conversation.language = said.removeprefix("/language ")
            return [("notice", f"language {conversation.language}", (), ())]
        if said == "/delete":
            return [("notice", "Sure?", ({"title": "Yes, delete", "payload": "erase:yes"},), ())]
        if said == "erase:yes":
            conversation.messages.clear()
            return [("notice", "Deleted.", (), ())]
        if said.startswith("rate:"):
            return [("notice", "What did you miss?", (BUTTONS[0],), ())] if "down" in said else []
        if said == "choose":
            return [("form", "Which ones?", CHOICES, ())]
        if said == "regions":
            return [("answer", "Five regions take part:\n• Hebei\n• Shaanxi", BUTTONS, ("S1", "S2"))]
        return [("answer", f"You said: {said}", (), ())]

    def _say(self, name: str, said: list[tuple]) -> Reply:
        conversation = self.conversations[name]
        new = [
            Outgoing(next(self._ids) + 1000, kind, text, buttons, ("regions",) if sources else (), sources)
            for kind, text, buttons, sources in said
        ]
        conversation.messages += new
        self._wake(name)
        return self._reply(conversation, new)

    def _wake(self, name: str) -> None:
        for subscription in self.listeners[name]:
            subscription.event.set()

    def _reply(self, conversation: Conversation, messages: list[Outgoing]) -> Reply:
        return Reply(tuple(messages), conversation.language, None, conversation.owner, None)
