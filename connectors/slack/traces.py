"""Finds messages that an earlier attempt left in Slack, by the metadata that each of ours carries."""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Delivery, Json
from connectors.slack.failures import error_code

EVENT_TYPE = "i2pcc_delivery"
_PAGE = 200


class Trace(NamedTuple):
    """A message of ours: of which delivery, which part of it, and where it stands."""

    delivery_id: str
    part: int
    ts: str


def mark(delivery: Delivery, part: int) -> Json:
    """The metadata of a part. It is readable for the whole workspace: no personal data in it."""
    payload = {"id": delivery.id, "part": part}
    if reference := (delivery.body.get("intake") or {}).get("reference"):
        payload["reference"] = reference
    return {"event_type": EVENT_TYPE, "event_payload": payload}


class Tracer:
    """Looks deliveries up by their ids. Raises what slack_sdk and aiohttp raise."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def in_channel(self, ids: Collection[str], channel: str, since: float) -> list[Trace]:
        """Messages outside threads, not older than the Unix time `since`."""
        return await self._find(ids, self._client.conversations_history, channel=channel, oldest=f"{since:.6f}")

    async def in_thread(self, ids: Collection[str], channel: str, ts: str) -> list[Trace]:
        """The message at `ts` and those under it; none when the thread is gone."""
        try:
            return await self._find(ids, self._client.conversations_replies, channel=channel, ts=ts)
        except SlackApiError as error:
            if error_code(error) not in ("thread_not_found", "message_not_found"):
                raise
            return []

    async def _find(self, ids: Collection[str], method: Any, **where: Any) -> list[Trace]:
        found: list[Trace] = []
        cursor: str | None = None
        while True:
            page = await method(**where, include_all_metadata=True, limit=_PAGE, cursor=cursor)
            found += (trace for trace in _traces(page["messages"]) if trace.delivery_id in ids)
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return found


def _traces(messages: list[Json]) -> Iterator[Trace]:
    for message in messages:
        metadata = message.get("metadata") or {}
        if metadata.get("event_type") == EVENT_TYPE:
            payload = metadata["event_payload"]
            yield Trace(str(payload["id"]), int(payload["part"]), str(message["ts"]))
