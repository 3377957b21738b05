"""A coordinator in Slack, who claims an intake, talks with its company and gives it back."""

from collections.abc import Callable

from tests.chaos.history import Json
from tests.chaos.stage import Stage
from tests.fakes.slack_push import Envelope


class Coordinator:
    """Works on the card of one intake."""

    def __init__(self, stage: Stage, reference: str) -> None:
        self._stage = stage
        self._slack = stage.slack
        self._reference = reference

    async def press(self, action: str) -> None:
        """Press a button of the card once it is there; Slack delivers that until it is acknowledged."""
        card = await self._stage.eventually(
            lambda: self._with_button(action), f"“{action}” on the card of {self._reference}"
        )
        await self._acknowledged(self._slack.press(action, card), action)

    async def writes(self, *texts: str) -> None:
        """Write under the card, several messages in one go."""
        thread = await self._thread()
        for envelope in [self._slack.reply(self._slack.CHANNEL, thread, text) for text in texts]:
            await self._acknowledged(envelope, "a reply")

    async def reads(self, text: str) -> None:
        """Wait for what the person says."""
        await self._finds(lambda post: text in post["text"], f"“{text}”")

    async def receives(self, name: str) -> None:
        """Wait for a file."""
        await self._finds(lambda post: any(file["name"] == name for file in post.get("files", ())), name)

    async def _finds(self, wanted: Callable[[Json], bool], what: str) -> None:
        ts = await self._thread()
        await self._stage.eventually(
            lambda: any(post.get("thread_ts") == ts and wanted(post) for post in self._slack.posts[-500:]),
            f"{what} in the thread of {self._reference}",
        )
        self._stage.step("messages and files relayed to Slack")

    async def _thread(self) -> str:
        card = await self._stage.eventually(lambda: self._slack.card(self._reference), f"the card of {self._reference}")
        return str(card["ts"])

    async def _acknowledged(self, envelope: Envelope, what: str) -> None:
        await self._stage.eventually(envelope.acked.is_set, f"the acknowledgement of {what} for {self._reference}")
        self._stage.step("actions of coordinators")

    def _with_button(self, action: str) -> Json | None:
        card = self._slack.card(self._reference)
        if card is None:
            return None
        elements = (e for block in card["blocks"] if block["type"] == "actions" for e in block["elements"])
        return card if any(e["action_id"] == action for e in elements) else None
