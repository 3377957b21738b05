"""Puts people's files into the threads of their intakes, and finds those that an earlier attempt left there."""

from slack_sdk.errors import SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Delivery, Json, Retry
from connectors.slack.failures import delivery_errors

UPLOAD_SECONDS = 60
_PAGE = 200


class Files:
    """Uploads to one workspace. Slack forgets an upload that was not completed, so only completing can double."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def upload(self, delivery: Delivery, thread: tuple[str, str]) -> str:
        """Share the delivery's file in a thread; gives Slack's id of it. Raises Retry or Undeliverable."""
        name, channel, ts = str(delivery.body["name"]), *thread
        if delivery.uncertain:
            with delivery_errors(uncertain=True):
                if earlier := await self._earlier(delivery, channel, ts):
                    return earlier
        with delivery_errors(uncertain=delivery.uncertain):
            try:
                done = await self._client.files_upload_v2(
                    filename=name, title=name, content=delivery.content, channel=channel, thread_ts=ts
                )
            except SlackRequestError:  # the upload itself was refused: nothing is shared yet
                raise Retry("Slack did not take the file", uncertain=delivery.uncertain) from None
        return str(done["files"][0]["id"])

    async def _earlier(self, delivery: Delivery, channel: str, ts: str) -> str | None:
        """The file that an earlier attempt left. It carries no id of ours: none of the others' that looks like it."""
        looks = (delivery.body["name"], delivery.body["size"])
        found = (file for file in await self.in_thread(channel, ts) if (file.get("name"), file.get("size")) == looks)
        return next((str(file["id"]) for file in found if file["id"] not in delivery.others), None)

    async def in_thread(self, channel: str, ts: str) -> list[Json]:
        """The files that we shared in a thread. Raises what slack_sdk and aiohttp raise."""
        me = (await self._client.auth_test())["user_id"]
        found: list[Json] = []
        cursor: str | None = None
        while True:
            page = await self._client.conversations_replies(channel=channel, ts=ts, limit=_PAGE, cursor=cursor)
            shared = (file for message in page["messages"] for file in message.get("files") or ())
            found += (file for file in shared if file.get("user") == me)
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return found
