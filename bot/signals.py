"""Who waits for what a transaction leaves behind: people's screens and the delivery workers."""

import asyncio
from collections import defaultdict


class Listener:
    """Wakes one waiter. Implements bot.ports.Subscription."""

    def __init__(self, listeners: set["Listener"]) -> None:
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
    """Tells listeners of this process that something was committed."""

    def __init__(self) -> None:
        self._conversations: defaultdict[str, set[Listener]] = defaultdict(set)
        self._outbox: set[Listener] = set()

    def conversation(self, conversation_id: str) -> Listener:
        """Listen to one conversation."""
        self._conversations = defaultdict(set, {k: v for k, v in self._conversations.items() if v})
        return Listener(self._conversations[conversation_id])

    def outbox(self) -> Listener:
        """Listen for rows to send."""
        return Listener(self._outbox)

    def committed(self, conversation_id: str) -> None:
        """Wake everyone whom a transaction on the conversation concerns."""
        for listener in (*self._conversations.get(conversation_id, ()), *self._outbox):
            listener.wake()
