"""Who waits for what a transaction leaves behind: people's screens and the delivery workers."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from weakref import WeakSet, WeakValueDictionary


class Listener:
    """Wakes one waiter. Implements bot.ports.Subscription."""

    def __init__(self, listeners: "WeakSet[Listener]") -> None:
        self._event = asyncio.Event()
        self._listeners = listeners
        listeners.add(self)

    async def wait(self) -> None:
        """Return once there may be something new since the last call."""
        await self._event.wait()
        self._event.clear()

    def wake(self) -> None:
        """Let the waiter go on, now or at its next wait."""
        self._event.set()

    def close(self) -> None:
        """Stop listening. May be called twice."""
        self._listeners.discard(self)


class Signals:
    """Tells listeners that something was committed, here in the only process; bot.line knows of several."""

    number: int | None = None
    """What this process is known by to others."""

    def __init__(self) -> None:
        # The listeners of a conversation hold their set: it goes with the last of them.
        self._conversations: WeakValueDictionary[str, WeakSet[Listener]] = WeakValueDictionary()
        self._outbox: WeakSet[Listener] = WeakSet()

    async def start(self) -> None:
        """Begin to hear of other processes, if there can be any."""

    async def stop(self) -> None:
        """Let go of everything. May be called without start."""

    def conversation(self, conversation_id: str) -> Listener:
        """Listen to one conversation."""
        return Listener(self._conversations.setdefault(conversation_id, WeakSet()))

    def outbox(self) -> Listener:
        """Listen for rows to send."""
        return Listener(self._outbox)

    def committed(self, conversation_id: str) -> None:
        """Wake everyone whom a transaction on the conversation concerns."""
        self.said(conversation_id)
        self.waiting()

    def said(self, conversation_id: str) -> None:
        """Wake the screens of a conversation."""
        for listener in tuple(self._conversations.get(conversation_id, ())):
            listener.wake()

    def waiting(self) -> None:
        """Wake the delivery workers."""
        for listener in tuple(self._outbox):
            listener.wake()

    def everyone(self) -> None:
        """Wake all: something may have been missed."""
        for conversation_id in tuple(self._conversations):
            self.said(conversation_id)
        self.waiting()

    def exclusive(self, conversation_id: str) -> AbstractAsyncContextManager[None]:
        """Keep other processes away from a conversation meanwhile."""
        return nullcontext()

    async def alone(self, duty: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run work that only one process may do at a time. It begins again after the duty was lost."""
        await work()
