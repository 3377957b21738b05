"""A Bot API server for tests: lo-bot-api-emulator in a thread, with a memory, people and faults.

The emulator checks requests but keeps no texts. This one remembers what each chat shows, sends updates as
people in the apps cause them, refuses wrong tokens and fails on command. All methods may be called from any
thread.
"""

import asyncio
import copy
import json
import threading
import time
from collections import defaultdict
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from aiohttp import web
from lo_bot_api_emulator import ApiRefusal, LoBotApiEmulator  # type: ignore[import-untyped]
from lo_bot_api_emulator.updates import UpdateQueues  # type: ignore[import-untyped]

from tests.files import JPEG

T = TypeVar("T")
Json = dict[str, Any]

TOKEN = "7:test-token"
USERNAME = "i2pcc_test_bot"


@dataclass
class Fault:
    """What happens to the next call of a method."""

    status: int
    description: str
    retry_after: int | None = None
    accepted: bool = False
    """The call is carried out, but its answer gets lost."""


class Queues(UpdateQueues):  # type: ignore[misc]
    """Update queues for every kind of update; webhooks are pushed in the background until they succeed."""

    async def enqueue(self, token: str, update: Json) -> int:
        state = self._state(token)
        async with state.condition:
            update = {"update_id": state.next_id, **copy.deepcopy(update)}
            state.next_id = max(state.next_id, update["update_id"] + 1)
            state.updates.append(update)
            state.condition.notify_all()
        return int(update["update_id"])

    def pending(self, token: str) -> list[int]:
        return [update["update_id"] for update in self._state(token).updates]


class _Emulator(LoBotApiEmulator):  # type: ignore[misc]
    """The emulator with the state that Telegram has."""

    def __init__(self, token: str, queues: type[Queues]) -> None:
        super().__init__(allow_insecure_loopback_webhooks=True)
        self._update_queues = queues(record=self._record, insecure_webhooks=True)
        self.token = token
        self.messages: dict[int, list[Json]] = defaultdict(list)
        self.calls: list[tuple[str, Json]] = []
        self.faults: dict[str, list[Fault | None]] = defaultdict(list)
        self.blocked: set[int] = set()
        self.open_queries: set[str] = set()
        self.refuses_previews = False

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != self.token:
            return self._refusal(401, "Unauthorized")
        fault = self.faults[method].pop(0) if self.faults[method] else None
        if fault is None or fault.accepted:
            response: web.StreamResponse = await super().handle(request)
            if fault is not None and request.transport is not None:
                request.transport.abort()
            return response
        return self._refusal(fault.status, fault.description, fault.retry_after)

    def validate(self, method: str, fields: Json, uploads: Json) -> Any:
        if not self.refuses_previews:
            fields.pop("link_preview_options", None)
        self.calls.append((method, dict(fields)))
        chat_id = fields.get("chat_id")
        if chat_id is not None and int(chat_id) in self.blocked:
            raise ApiRefusal("Forbidden: bot was blocked by the user", 403)
        if method == "answerCallbackQuery":
            self._answer_query(fields)
        if method == "editMessageReplyMarkup":
            self._edit_markup(fields)
        if method == "setMyShortDescription":
            return True
        result = super().validate(method, fields, uploads)
        if method == "getMe":
            result["username"] = USERNAME
        if method in ("sendMessage", "sendDocument"):
            self._remember(result, uploads)
        return result

    def _answer_query(self, fields: Json) -> None:
        if fields["callback_query_id"] not in self.open_queries:
            raise ApiRefusal("Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.open_queries.remove(fields["callback_query_id"])

    def _edit_markup(self, fields: Json) -> None:
        shown = self.messages[int(fields["chat_id"])]
        message = next((m for m in shown if m["message_id"] == int(fields["message_id"])), None)
        if message is None:
            raise ApiRefusal("Bad Request: message to edit not found")
        markup = json.loads(fields["reply_markup"]) if "reply_markup" in fields else None
        if message["reply_markup"] == markup:
            raise ApiRefusal(
                "Bad Request: message is not modified: specified new message content and reply markup are "
                "exactly the same as a current content and reply markup of the message"
            )
        message["reply_markup"] = markup

    def _remember(self, result: Json, uploads: Json) -> None:
        chat_id = result["chat"]["id"]
        if "text" in result and result["text"] != result["text"].strip():
            raise AssertionError("Telegram would trim this text")
        shown = {
            "message_id": result["message_id"],
            "text": result.get("text"),
            "reply_markup": result.get("reply_markup"),
        }
        for upload in uploads.values():
            shown["document"] = {"filename": upload["filename"], "content": upload["data"]}
        self.messages[chat_id].append(shown)

    @staticmethod
    def _refusal(status: int, description: str, retry_after: int | None = None) -> web.Response:
        body: Json = {"ok": False, "error_code": status, "description": description}
        if retry_after is not None:
            body["parameters"] = {"retry_after": retry_after}
        return web.json_response(body, status=status)


class TelegramServer:
    """A running server. `url` goes into I2PCC_TELEGRAM_BASE_URL, `token` into I2PCC_TELEGRAM_TOKEN.

    Use it as a context manager, or call `close`. `port` lets a server come back at the same place.
    """

    queues: type[Queues] = Queues

    def __init__(self, token: str = TOKEN, port: int = 0) -> None:
        self.token = token
        self.url = ""
        self._emulator = _Emulator(token, self.queues)
        self._port = port
        self._next = 1
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="telegram-server", daemon=True)
        self._thread.start()
        self._runner = self._call(self._start())
        asyncio.run_coroutine_threadsafe(self._push(), self._loop)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving. May be called twice."""
        if self._loop.is_closed():
            return
        self._call(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    # What people do

    def send_text(self, chat_id: int, text: str, **user: Any) -> int:
        """A person writes; a text above 4096 characters comes in several messages, as the apps send it."""
        for start in range(0, len(text), 4096):
            part = text[start : start + 4096]
            message: Json = {"text": part}
            if part.startswith("/"):
                message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(part.split()[0])}]
            update_id = self.send_message(chat_id, message, **user)
        return update_id

    def send_message(self, chat_id: int, content: Json, **user: Any) -> int:
        """A person sends any content of a Bot API message (photo, location, …)."""
        return self.send_update({"message": self._message(chat_id, content, user)})

    def send_sticker(self, chat_id: int, **user: Any) -> int:
        """A person sends a sticker."""
        sticker = {
            **_file("s"),
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "type": "regular",
        }
        return self.send_message(chat_id, {"sticker": sticker}, **user)

    def send_photo(self, chat_id: int, caption: str = "", album: str = "", **user: Any) -> int:
        """A person sends a photo, perhaps as a piece of an album."""
        small, large = ({**_file(name), "width": 90, "height": 90} for name in ("thumb", self._upload(JPEG)))
        return self.send_message(chat_id, {"photo": [small, large], **_around(caption, album)}, **user)

    def send_document(self, chat_id: int, name: str, content: bytes, caption: str = "", **user: Any) -> int:
        """A person sends a file."""
        document = {**_file(self._upload(content)), "file_name": name, "file_size": len(content)}
        return self.send_message(chat_id, {"document": document, **_around(caption, "")}, **user)

    def _upload(self, content: bytes) -> str:
        name = f"file{self._number()}"
        self._emulator.assets[name] = {"data": content}
        return name

    def edit_text(self, chat_id: int, text: str, **user: Any) -> int:
        """A person edits an earlier message."""
        message = self._message(chat_id, {"text": text, "edit_date": 2}, user)
        return self.send_update({"edited_message": message})

    def press(self, chat_id: int, message: Json, payload: str, **user: Any) -> int:
        """A person presses a button of a message that `sent` gave. Raises KeyError when it has no such button."""
        keys = [key for row in (message["reply_markup"] or {}).get("inline_keyboard", []) for key in row]
        if payload not in [key["callback_data"] for key in keys]:
            raise KeyError(payload)
        query_id = f"q{self._number()}"
        self._emulator.open_queries.add(query_id)
        shown = {
            "message_id": message["message_id"],
            "date": 1,
            "chat": _chat(chat_id),
            "text": message["text"],
        }
        query = {
            "id": query_id,
            "from": _user(chat_id, user),
            "chat_instance": "1",
            "data": payload,
            "message": shown,
        }
        return self.send_update({"callback_query": query})

    def send_group_text(self, group_id: int, text: str, **user: Any) -> int:
        """A person writes in a group (negative id)."""
        return self.send_text(group_id, text, **{"id": 99, **user})

    def send_update(self, update: Json) -> int:
        """Queue any update; without an update_id it gets the next one."""
        return int(self._call(self._queues.enqueue(self.token, update)))

    def block(self, chat_id: int) -> None:
        """A person blocks the bot."""
        self._emulator.blocked.add(chat_id)

    def unblock(self, chat_id: int) -> None:
        """The person takes that back."""
        self._emulator.blocked.discard(chat_id)

    # What the platform does

    def fail_next(
        self,
        method: str,
        status: int,
        description: str = "Bad Request: fault of the test",
        *,
        retry_after: int | None = None,
        accepted: bool = False,
        times: int = 1,
    ) -> None:
        """Fail the next calls of a method. `accepted`: carry it out, then break the line without an answer."""
        fault = Fault(status, description, retry_after, accepted)
        self._emulator.faults[method].extend([fault] * times)

    def fail_after(self, method: str, calls: int, status: int, description: str) -> None:
        """Let some calls of a method pass and fail the one after them."""
        self._emulator.faults[method].extend([None] * calls + [Fault(status, description)])

    def refuse_previews(self) -> None:
        """Refuse link_preview_options, as an older server does."""
        self._emulator.refuses_previews = True

    def set_webhook(self, url: str) -> None:
        """Point a webhook somewhere, as an earlier installation may have."""
        self._call(self._queues.set_webhook(self.token, {"url": url}))

    # What can be seen

    def sent(self, chat_id: int) -> list[Json]:
        """The bot's messages in a chat: message_id, text, reply_markup as it stands now, and document."""
        return copy.deepcopy(self._emulator.messages[chat_id])

    def wait_for(self, chat_id: int, count: int, timeout: float = 60.0) -> list[Json]:
        """The bot's messages in a chat once there are `count`. Raises TimeoutError; not for use in a test's loop."""
        deadline = time.monotonic() + timeout
        while len(shown := self.sent(chat_id)) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"chat {chat_id} shows {len(shown)} messages, not {count}: {shown}")
            time.sleep(0.02)
        return shown

    def calls(self, method: str) -> list[Json]:
        """The fields of every call of a method that was not made to fail."""
        return [fields for name, fields in list(self._emulator.calls) if name == method]

    def pending(self) -> list[int]:
        """Ids of the updates that the bot has not confirmed."""
        return self._queues.pending(self.token)

    @property
    def webhook(self) -> Json:
        """What getWebhookInfo tells."""
        return dict(self._queues.info(self.token))

    @property
    def _queues(self) -> Queues:
        queues = self._emulator._update_queues
        assert isinstance(queues, Queues)
        return queues

    def _message(self, chat_id: int, content: Json, user: Json) -> Json:
        return {
            "message_id": 100_000 + self._number(),
            "date": 1,
            "chat": _chat(chat_id),
            "from": _user(chat_id, user),
            **content,
        }

    def _number(self) -> int:
        self._next += 1
        return self._next

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=60)

    async def _start(self) -> web.AppRunner:
        runner = web.AppRunner(self._emulator.app(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self._port).start()
        host, port = runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return runner

    async def _stop(self) -> None:
        # asyncio leaks a connection that it accepts in the moment in which the listener closes.
        await asyncio.sleep(0.05)
        await self._runner.cleanup()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        # Closed connections leave the loop a moment later.
        await asyncio.sleep(0.02)

    async def _push(self) -> None:
        while True:
            await self._queues.deliver(self.token)
            await asyncio.sleep(0.1)


def _chat(chat_id: int) -> Json:
    if chat_id < 0:
        return {"id": chat_id, "type": "supergroup", "title": "Fixture group"}
    return {"id": chat_id, "type": "private", "first_name": "An"}


def _user(chat_id: int, changes: Json) -> Json:
    return {"id": chat_id, "is_bot": False, "first_name": "An", "language_code": "en", **changes}


def _around(caption: str, album: str) -> Json:
    return {k: v for k, v in (("caption", caption), ("media_group_id", album)) if v}


def _file(name: str) -> Json:
    return {"file_id": name, "file_unique_id": name}
