"""Posts a delivery's messages, each exactly once also when an earlier attempt's outcome is unknown.

chat.postMessage has no idempotency key, so each message carries the delivery's id and its own number as
metadata, by which an earlier attempt is found again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Delivery, Json
from connectors.slack.failures import delivery_errors
from connectors.slack.traces import Tracer, mark


@dataclass(frozen=True, slots=True)
class Post:
    """One message: mrkdwn text and, for a card, its blocks."""

    text: str
    blocks: Sequence[Json] | None = None


@dataclass(slots=True)
class Posted:
    """Where a delivery's messages stand. `thread_ts` is the thread that they are in."""

    channel: str
    thread_ts: str | None
    messages: list[str] = field(default_factory=list)


class Poster:
    """Posts to one workspace."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._tracer = Tracer(client)

    async def thread(self, delivery: Delivery, thread: tuple[str, str], posts: Sequence[Post]) -> Posted:
        """Post into a thread, in order. Raises Retry or Undeliverable."""
        posted = Posted(*thread)
        earlier: dict[int, str] = {}
        if delivery.uncertain:
            with delivery_errors(uncertain=True):
                earlier = await self._replies(delivery, *thread)
        await self._post(delivery, posts, posted, earlier)
        return posted

    async def card(self, delivery: Delivery, channel: str, posts: Sequence[Post], since: float) -> Posted:
        """Post the first message in the channel and the others under it.

        `since` is a Unix time before any attempt. Raises Retry or Undeliverable.
        """
        posted = Posted(channel, None)
        earlier: dict[int, str] = {}
        if delivery.uncertain:
            with delivery_errors(uncertain=True):
                for card in await self._tracer.in_channel({delivery.id}, channel, since):
                    posted.thread_ts = card.ts
                    earlier = await self._replies(delivery, channel, card.ts)
        await self._post(delivery, posts, posted, earlier)
        return posted

    async def _replies(self, delivery: Delivery, channel: str, ts: str) -> dict[int, str]:
        traces = await self._tracer.in_thread({delivery.id}, channel, ts)
        return {trace.part: trace.ts for trace in traces}

    async def _post(self, delivery: Delivery, posts: Sequence[Post], posted: Posted, earlier: dict[int, str]) -> None:
        for part, post in enumerate(posts):
            if (ts := earlier.get(part)) is None:
                with delivery_errors(uncertain=delivery.uncertain or part > 0):
                    ts = await self._send(delivery, post, posted, part)
            posted.messages.append(ts)
            posted.thread_ts = posted.thread_ts or ts

    async def _send(self, delivery: Delivery, post: Post, posted: Posted, part: int) -> str:
        response = await self._client.chat_postMessage(
            channel=posted.channel,
            text=post.text,
            blocks=post.blocks,
            thread_ts=posted.thread_ts,
            metadata=mark(delivery, part),
            parse="none",
            unfurl_links=False,
            unfurl_media=False,
        )
        posted.channel = str(response["channel"])
        return str(response["ts"])
