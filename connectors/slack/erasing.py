"""Takes our messages about a person, and their files, out of Slack."""

from collections.abc import Collection, Iterable, Sequence

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Json, Undeliverable
from connectors.slack.failures import GONE, delivery_errors, elsewhere, error_code
from connectors.slack.files import Files
from connectors.slack.traces import Tracer

Place = tuple[str, str]
"""Channel id and ts of a message."""


class Eraser:
    """Deletes messages, also those that nobody knows for sure to exist."""

    def __init__(self, client: AsyncWebClient, files: Files) -> None:
        self._client = client
        self._files = files
        self._tracer = Tracer(client)
        self._gone: set[Place] = set()

    async def files(self, ids: Iterable[str]) -> None:
        """Delete files by Slack's ids. What is gone already counts as deleted. Raises Retry or Undeliverable."""
        with delivery_errors():
            for id_ in ids:
                await self._delete_file(id_)

    async def erase(self, known: Sequence[Place], uncertain: Collection[str], channel: str, since: float) -> None:
        """Delete the known messages and those of deliveries of unknown outcome.

        The latter are looked for by the deliveries' ids in `channel`, not before the Unix time `since`, and in the
        threads of the known messages, where all files of ours go, too: a file carries no id of ours. What is gone
        already counts as deleted. Raises Retry, or Undeliverable when some stand in an earlier channel to which we have
        no access; all others are deleted then.
        """
        places = list(known)
        if uncertain:
            with delivery_errors():
                places += await self._lost(known, uncertain, channel, since)
        left: Undeliverable | None = None
        for place in reversed(dict.fromkeys(places)):
            # Slack allows about fifty calls a minute: an interrupted erasure must not begin at the start again.
            if place not in self._gone:
                try:
                    with elsewhere(place[0], channel), delivery_errors():
                        await self._delete(*place)
                except Undeliverable as error:
                    left = error
                else:
                    self._gone.add(place)
        self._gone.difference_update(places)
        if left:
            raise left

    async def _lost(
        self, known: Sequence[Place], uncertain: Collection[str], channel: str, since: float
    ) -> list[Place]:
        cards = [(channel, trace.ts) for trace in await self._tracer.in_channel(uncertain, channel, since)]
        replies: list[Place] = []
        for where, ts in (*known, *cards):
            try:
                for file in await self._shared(where, ts):
                    await self._delete_file(str(file["id"]))
                replies += [(where, trace.ts) for trace in await self._tracer.in_thread(uncertain, where, ts)]
            except SlackApiError as error:
                if where == channel or error_code(error) not in GONE:
                    raise  # deleting what is known there tells of an earlier channel that is gone
        return cards + replies

    async def _shared(self, channel: str, ts: str) -> list[Json]:
        try:
            return await self._files.in_thread(channel, ts)
        except SlackApiError as error:
            if error_code(error) not in ("thread_not_found", "message_not_found"):
                raise
            return []

    async def _delete_file(self, id_: str) -> None:
        try:
            await self._client.files_delete(file=id_)
        except SlackApiError as error:
            if error_code(error) not in ("file_not_found", "file_deleted"):
                raise

    async def _delete(self, channel: str, ts: str) -> None:
        try:
            await self._client.chat_delete(channel=channel, ts=ts)
        except SlackApiError as error:
            if error_code(error) != "message_not_found":
                raise
