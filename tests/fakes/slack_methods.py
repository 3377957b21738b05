"""The Web API methods of the fake Slack and the workspace that they change."""

import itertools
import re
import threading
import time
from collections.abc import Callable
from typing import Any

from tests.fakes.slack_blocks import block_errors, units

Json = dict[str, Any]
SCOPES = {
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "conversations.history": "channels:history",
    "conversations.replies": "channels:history",
    "users.info": "users:read",
    "reactions.add": "reactions:write",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
    "files.delete": "files:write",
}
_EVENT_TYPE = re.compile(r"^\w{1,255}$")


class Refused(Exception):
    """An answer with ok: false."""

    def __init__(self, code: str, details: list[str] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.details = details or []


class Methods:
    """Channels with their messages, people and files."""

    def __init__(self, users: dict[str, str], channels: list[str], emit: Callable[[Json], object]) -> None:
        self.users = users
        self.channels: dict[str, list[Json]] = {channel: [] for channel in channels}
        self.ephemerals: list[Json] = []
        self.files: dict[str, Json] = {}
        self._emit = emit
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def new_ts(self) -> str:
        """A time stamp that no other message has, growing."""
        with self._lock:
            return f"{int(time.time())}.{next(self._numbers):06d}"

    def call(self, method: str, arguments: Json, url: str) -> Json:
        """Carry a method out. Raises Refused."""
        known = getattr(self, "_" + method.replace(".", "_"), None)
        if known is None:
            raise Refused("unknown_method")
        answer: Json = known({**arguments, "_url": url})
        return answer

    def _auth_test(self, _: Json) -> Json:
        return {"url": "https://fake.slack.com/", "team_id": "T0TEAM", "user_id": "U0BOT", "bot_id": "B0BOT"}

    def _users_info(self, arguments: Json) -> Json:
        user = arguments.get("user")
        if user not in self.users:
            raise Refused("user_not_found")
        name = self.users[user]
        return {"user": {"id": user, "name": user.lower(), "profile": {"display_name": name, "real_name": name}}}

    def _chat_postMessage(self, arguments: Json) -> Json:
        channel = self._channel(arguments)
        thread_ts = arguments.get("thread_ts")
        if thread_ts and not any(m["ts"] == thread_ts for m in self.channels[channel]):
            raise Refused("thread_not_found")
        content = _content(arguments)
        message = {"type": "message", "channel": channel, "user": "U0BOT", "bot_id": "B0BOT", **content}
        message["ts"] = self.new_ts()
        if thread_ts:
            message |= {"thread_ts": thread_ts, "parent_user_id": "U0BOT"}
        if arguments.get("metadata"):
            message["metadata"] = _metadata(arguments["metadata"])
        self.channels[channel].append(message)
        self._emit({**message, "channel_type": "channel"})
        return {"channel": channel, "ts": message["ts"], "message": message}

    def _chat_postEphemeral(self, arguments: Json) -> Json:
        channel = self._channel(arguments)
        ts = self.new_ts()
        self.ephemerals.append({**_content(arguments), "user": arguments["user"], "channel": channel, "ts": ts})
        return {"message_ts": ts}

    def _chat_update(self, arguments: Json) -> Json:
        message = self._message(arguments)
        content = _content(arguments)
        message.pop("blocks", None)
        message.update(content)
        if arguments.get("metadata"):
            message["metadata"] = _metadata(arguments["metadata"])
        self._change("message_changed", message["channel"], {"message": message})
        return {"channel": message["channel"], "ts": message["ts"], "text": message["text"]}

    def _chat_delete(self, arguments: Json) -> Json:
        message = self._message(arguments)
        if message.get("user") != "U0BOT":
            raise Refused("cant_delete_message")
        self.channels[message["channel"]].remove(message)
        self._change("message_deleted", message["channel"], {"deleted_ts": message["ts"]})
        return {"channel": message["channel"], "ts": message["ts"]}

    def _chat_getPermalink(self, arguments: Json) -> Json:
        message = self._message({**arguments, "ts": arguments.get("message_ts")})
        return {"permalink": f"https://fake.slack.com/archives/{message['channel']}/p{message['ts']}"}

    def _conversations_history(self, arguments: Json) -> Json:
        messages = [m for m in self.channels[self._channel(arguments)] if m.get("thread_ts", m["ts"]) == m["ts"]]
        oldest = float(arguments.get("oldest") or 0)
        return _page(arguments, [m for m in reversed(messages) if float(m["ts"]) > oldest])

    def _conversations_replies(self, arguments: Json) -> Json:
        ts = arguments.get("ts")
        messages = [m for m in self.channels[self._channel(arguments)] if ts in (m["ts"], m.get("thread_ts"))]
        if not messages:
            raise Refused("thread_not_found")
        return _page(arguments, messages)

    def _reactions_add(self, arguments: Json) -> Json:
        message = self._message({**arguments, "ts": arguments.get("timestamp")})
        message.setdefault("reactions", []).append({"name": arguments["name"], "users": ["U0BOT"]})
        return {}

    def _files_getUploadURLExternal(self, arguments: Json) -> Json:
        file = f"F{next(self._numbers):06d}"
        self.files[file] = {"name": arguments["filename"], "length": arguments["length"]}
        return {"file_id": file, "upload_url": arguments["_url"].replace("/api/", f"/upload/{file}")}

    def _files_completeUploadExternal(self, arguments: Json) -> Json:
        channel, thread_ts = self._channel({"channel": arguments.get("channel_id")}), arguments.get("thread_ts")
        if thread_ts and not any(m["ts"] == thread_ts for m in self.channels[channel]):
            raise Refused("thread_not_found")
        for file in arguments["files"]:
            kept = self.files.get(file["id"], {})
            if "content" not in kept or kept["size"] != int(kept["length"]):
                raise Refused("file_not_found")
        for file in arguments["files"]:
            self._share(self.files[file["id"]] | {"title": file.get("title")}, file["id"], channel, thread_ts)
        return {"files": arguments["files"]}

    def _share(self, file: Json, id_: str, channel: str, thread_ts: str | None) -> None:
        shown = {"id": id_, "user": "U0BOT", **{k: file[k] for k in ("name", "title", "size")}}
        message = {"type": "message", "channel": channel, "user": "U0BOT", "text": "", "files": [shown]}
        message["ts"] = self.new_ts()
        if thread_ts:
            message |= {"thread_ts": thread_ts, "parent_user_id": "U0BOT"}
        self.channels[channel].append(message)
        self._emit({**message, "subtype": "file_share", "channel_type": "channel"})

    def _files_delete(self, arguments: Json) -> Json:
        id_ = str(arguments.get("file"))
        if self.files.pop(id_, None) is None:
            raise Refused("file_not_found")
        for messages in self.channels.values():
            messages[:] = [m for m in messages if all(f["id"] != id_ for f in m.get("files", []))]
        return {}

    def _channel(self, arguments: Json) -> str:
        channel = str(arguments.get("channel", ""))
        if channel not in self.channels:
            raise Refused("channel_not_found")
        return channel

    def _message(self, arguments: Json) -> Json:
        channel = self._channel(arguments)
        for message in self.channels[channel]:
            if message["ts"] == arguments.get("ts"):
                return message
        raise Refused("message_not_found")

    def _change(self, subtype: str, channel: str, more: Json) -> None:
        event = {"type": "message", "subtype": subtype, "hidden": True, "channel": channel, "ts": self.new_ts()}
        self._emit({**event, **more})


def _content(arguments: Json) -> Json:
    text, blocks = arguments.get("text") or "", arguments.get("blocks")
    if not text.strip() and not blocks:
        raise Refused("no_text")
    if units(text) > 40_000:
        raise Refused("msg_too_long")
    if blocks is None:
        return {"text": text}
    if errors := block_errors(blocks):
        raise Refused("invalid_blocks", errors)
    return {"text": text, "blocks": blocks}


def _metadata(metadata: Json) -> Json:
    if not _EVENT_TYPE.match(str(metadata.get("event_type"))) or not isinstance(metadata.get("event_payload"), dict):
        raise Refused("invalid_metadata_format")
    return metadata


def _page(arguments: Json, messages: list[Json]) -> Json:
    start, limit = int(arguments.get("cursor") or 0), int(arguments.get("limit") or 100)
    shown = messages[start : start + limit]
    if str(arguments.get("include_all_metadata", "")).lower() not in ("1", "true"):
        shown = [{key: value for key, value in m.items() if key != "metadata"} for m in shown]
    more = start + limit < len(messages)
    return {
        "messages": shown,
        "has_more": more,
        "response_metadata": {"next_cursor": str(start + limit) if more else ""},
    }
