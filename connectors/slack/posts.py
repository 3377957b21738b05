"""Posts a delivery's messages, each exactly once also when an earlier attempt's outcome is unknown.

chat.postMessage has no idempotency key, so each message carries the delivery's id and its own number as
metadata, by which an earlier attempt is found again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Delivery, Json
from connectors.slack.failures import delivery_errors

EVENT_TYPE = "i2pcc_delivery"
_PAGE = 200


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

    async def thread(self, delivery: Delivery, posts: Sequence[Post]) -> Posted:
        """Post into the delivery's thread, in order. Raises Retry or Undeliverable."""
        assert delivery.thread is not None
        posted = Posted(*delivery.thread)
        with delivery_errors(delivery.uncertain):
            earlier = await self._replies(delivery, posted) if delivery.uncertain else {}
        await self._post(delivery, posts, posted, earlier)
        return posted

    async def card(self, delivery: Delivery, channel: str, posts: Sequence[Post], since: float) -> Posted:
        """Post the first message in the channel and the others under it. `since` is a Unix time before it."""
        posted = Posted(channel, None)
        earlier: dict[int, str] = {}
        if delivery.uncertain:
            with delivery_errors(uncertain=True):
                earlier = await self._cards(delivery, posted, since)
        await self._post(delivery, posts, posted, earlier)
        return posted

    async def _post(self, delivery: Delivery, posts: Sequence[Post], posted: Posted, earlier: dict[int, str]) -> None:
        for number, post in enumerate(posts):
            if (ts := earlier.get(number)) is None:
                with delivery_errors(uncertain=delivery.uncertain or number > 0):
                    ts = await self._send(delivery, post, posted, number)
            posted.messages.append(ts)
            posted.thread_ts = posted.thread_ts or ts

    async def _send(self, delivery: Delivery, post: Post, posted: Posted, number: int) -> str:
        response = await self._client.chat_postMessage(
            channel=posted.channel,
            text=post.text,
            blocks=post.blocks,
            thread_ts=posted.thread_ts,
            metadata={"event_type": EVENT_TYPE, "event_payload": _payload(delivery, number)},
            parse="none",
            unfurl_links=False,
            unfurl_media=False,
        )
        posted.channel = str(response["channel"])
        return str(response["ts"])

    async def _cards(self, delivery: Delivery, posted: Posted, since: float) -> dict[int, str]:
        found = await self._find(
            delivery, self._client.conversations_history, channel=posted.channel, oldest=f"{since:.6f}"
        )
        if 0 not in found:
            return {}
        posted.thread_ts = found[0]
        return {**await self._replies(delivery, posted), **found}

    async def _replies(self, delivery: Delivery, posted: Posted) -> dict[int, str]:
        return await self._find(
            delivery, self._client.conversations_replies, channel=posted.channel, ts=posted.thread_ts
        )

    async def _find(self, delivery: Delivery, method: Any, **where: Any) -> dict[int, str]:
        found: dict[int, str] = {}
        cursor: str | None = None
        while True:
            page = await method(**where, include_all_metadata=True, limit=_PAGE, cursor=cursor)
            for message in page["messages"]:
                metadata = message.get("metadata") or {}
                payload = metadata.get("event_payload") or {}
                if metadata.get("event_type") == EVENT_TYPE and payload.get("id") == delivery.id:
                    found[int(payload["part"])] = str(message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return found


def _payload(delivery: Delivery, number: int) -> Json:
    reference = (delivery.body.get("intake") or {}).get("reference")
    return {"id": delivery.id, "part": number, **({"reference": reference} if reference else {})}
