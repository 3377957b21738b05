"""The fake platforms with what a crash test needs besides: their past again, another order, an end of all faults."""

from random import Random
from typing import Any

from tests.chaos.overtaking import Overtaking
from tests.fakes.slack_push import Envelope
from tests.fakes.slack_server import FakeSlack
from tests.fakes.telegram_server import TelegramServer

Json = dict[str, Any]


_NOBODY = (None, "U0BOT")
"""The users of events that no coordinator makes."""
_SLOW, _LONGEST = 0.2, 1.5
"""The share of what coordinators do that is slow to arrive, and by how many seconds at most: the rest overtakes it."""


class Workspace(FakeSlack):
    """A Slack that goes on delivering what is not acknowledged for as long as the test runs."""

    def __init__(self, seed: int) -> None:
        random = Random(f"{seed}:slack")

        def lag() -> float:
            return random.uniform(0, _LONGEST) if random.random() < _SLOW else 0.0

        super().__init__(patience=2.0, attempts=10_000, lag=lag)

    @property
    def posts(self) -> list[Json]:
        """All messages of the channel, oldest first. Only to look at."""
        return list(self._methods.channels[self.CHANNEL])

    def card(self, reference: str) -> Json | None:
        """The newest message outside threads that shows a reference."""
        for post in reversed(self.posts):
            if "thread_ts" not in post and reference_of(post) == reference:
                return post
        return None

    def arm(self, method: str, **fault: Any) -> bool:
        """Let the next call of a method fail, unless one is to fail already."""
        if self._faults.get(method):
            return False
        self.fail_next(method, **fault)
        return True

    def calm(self) -> int:
        """Take back what did not fail yet; gives its number."""
        left = sum(fault is not None for coming in self._faults.values() for fault in coming)
        self._faults.clear()
        return left

    def actions(self) -> list[Envelope]:
        """What coordinators did, oldest first. Of what the assistant did, posts are its user's and changes nobody's."""
        return [e for e in self.envelopes if e.kind == "interactive" or e.payload["event"].get("user") not in _NOBODY]

    def acknowledged(self) -> dict[str, str]:
        """The actions that were acknowledged: their ids, as the inbox has them, and when that was."""
        return {_id_of(e.payload): e.acked_at for e in self.actions() if e.acked_at}


class BotApi(TelegramServer):
    """A Telegram that remembers its updates, and posts many at once where it has a webhook."""

    queues = Overtaking

    def __init__(self) -> None:
        self.updates: list[Json] = []
        super().__init__()

    def send_update(self, update: Json) -> int:
        """Queue any update; without an update_id it gets the next one."""
        update_id = super().send_update(update)
        self.updates.append({"update_id": update_id, **update})
        return update_id

    def redeliver(self, update: Json) -> None:
        """Deliver an update that may have been confirmed long ago, as happens when Telegram loses a confirmation."""
        super().send_update(update)

    def arm(self, method: str, status: int, **fault: Any) -> bool:
        """Let the next call of a method fail, unless one is to fail already."""
        if self._emulator.faults[method]:
            return False
        self.fail_next(method, status, "fault of the crash test", **fault)
        return True

    def calm(self) -> int:
        """Take back what did not fail yet; gives its number."""
        left = sum(fault is not None for coming in self._emulator.faults.values() for fault in coming)
        self._emulator.faults.clear()
        return left


def _id_of(payload: Json) -> str:
    if "event_id" in payload:
        return str(payload["event_id"])
    action = payload["actions"][0]
    return f"{action['action_ts']}:{payload['user']['id']}:{action['action_id']}"


def reference_of(post: Json) -> str | None:
    """The intake of which a message of ours tells."""
    reference: str | None = ((post.get("metadata") or {}).get("event_payload") or {}).get("reference")
    return reference
