"""What goes wrong on the platforms while people talk, each kind as often as the others."""

import asyncio
from collections.abc import Callable
from random import Random

from tests.chaos.stage import Stage

_FRESH = 30
"""How many of the last updates may come once more."""


class Faults:
    """Injects platform faults until cancelled."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._slack = stage.slack
        self._telegram = stage.telegram
        self._random = Random(f"{stage.seed}:faults")
        self._kinds: dict[str, Callable[[], bool]] = {
            "Slack: 429": lambda: self._slack.arm(self._way_out(), retry_after=1),
            "Slack: 500": lambda: self._slack.arm(self._way_out(), status=500),
            "Slack: answer lost after acceptance": lambda: self._slack.arm(self._way_out(), lost=True),
            "Slack: time-out after acceptance": lambda: self._slack.arm(self._way_out(), hang=20.0),
            "Slack: file refused or its sharing lost": self._spoil_file,
            "Slack: look-up fails": lambda: self._slack.arm("conversations.replies", status=500),
            "Slack: no new line": lambda: self._seldom() and self._slack.arm("link", status=500),
            "Slack: sign-in fails": lambda: self._seldom() and self._slack.arm("auth.test", status=500),
            "Slack: line cut": self._cut,
            "Slack: line refreshed": self._refresh,
            "Slack: an old action delivered again": self._repeat_action,
            "Telegram: 429": lambda: self._telegram.arm("sendMessage", 429, retry_after=1),
            "Telegram: 500": lambda: self._telegram.arm("sendMessage", 500),
            "Telegram: answer lost after acceptance": lambda: self._telegram.arm("sendMessage", 500, accepted=True),
            "Telegram: polling answers 500": lambda: self._telegram.arm("getUpdates", 500),
            "Telegram: updates lost on their way": lambda: self._telegram.arm("getUpdates", 500, accepted=True),
            "Telegram: an old update delivered again": self._repeat_update,
        }

    async def run(self) -> None:
        """Inject faults in rounds, so that even a short run has all kinds."""
        while True:
            for kind in self._random.sample(sorted(self._kinds), len(self._kinds)):
                if self._kinds[kind]():
                    self._stage.figures[kind] += 1
                await asyncio.sleep(self._random.uniform(0.1, 0.8))

    def _seldom(self) -> bool:
        """What meets each start would else leave short lives without Slack."""
        return self._random.random() < 0.25

    def _way_out(self) -> str:
        return self._random.choice(("chat.postMessage", "chat.postMessage", "chat.update"))

    def _spoil_file(self) -> bool:
        step = self._random.choice(("files.getUploadURLExternal", "upload", *["files.completeUploadExternal"] * 2))
        lost = step == "files.completeUploadExternal" and self._random.random() < 0.7
        return self._slack.arm(step, **({"lost": True} if lost else {"status": 500}))

    def _cut(self) -> bool:
        self._slack.drop_socket()
        return self._slack.connected

    def _refresh(self) -> bool:
        self._slack.refresh_socket()
        return self._slack.connected

    def _repeat_action(self) -> bool:
        actions = self._slack.actions()[-_FRESH:]
        if actions:
            self._slack.resend(self._random.choice(actions))
        return bool(actions)

    def _repeat_update(self) -> bool:
        updates = self._telegram.updates[-_FRESH:]
        if updates:
            self._telegram.redeliver(self._random.choice(updates))
        return bool(updates)
