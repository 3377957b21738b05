"""What an error of Slack means for a delivery."""

from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import ClientConnectorError, ClientError
from slack_sdk.errors import SlackApiError

from bot.ports import DeliveryKind, Outage, Retry, Undeliverable

OPERATOR_DELAY = 300.0
"""Seconds between attempts while an operator has something to mend."""

TOKEN_ERRORS = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "not_allowed_token_type",
    }
)
_NEVER = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_too_long",
        "msg_blocks_too_long",
        "no_text",
        "invalid_arguments",
        "invalid_metadata_format",
        "metadata_too_large",
        "message_not_found",
        "cant_update_message",
        "edit_window_closed",
        "thread_not_found",
    }
)
GONE = frozenset({"channel_not_found", "not_in_channel", "is_archived", "restricted_action"})
"""What Slack says of a channel in which nothing can be posted."""
_CHANNEL_ADVICE = "check I2PCC_SLACK_CHANNEL and invite the app into that channel (/invite @the-app)"
_ADVICE = {
    **dict.fromkeys(TOKEN_ERRORS, "set I2PCC_SLACK_BOT_TOKEN to the app's current bot token"),
    "missing_scope": "update the app from docs/slack-manifest.yml and install it again",
    "channel_not_found": _CHANNEL_ADVICE,
    "not_in_channel": _CHANNEL_ADVICE,
    "is_archived": "unarchive the channel or set I2PCC_SLACK_CHANNEL to another one",
    "restricted_action": "let the app post in the channel (Slack's channel settings)",
    "cant_delete_message": "let the app delete its own messages (Slack's workspace settings)",
}


_KINDS: dict[str, frozenset[DeliveryKind]] = {
    "chat.postMessage": frozenset({"card", "transcript", "relay", "alert"}),
    "chat.update": frozenset({"card_update"}),
    "chat.delete": frozenset({"erase"}),
    "files.delete": frozenset({"erase"}),
    "files.getUploadURLExternal": frozenset({"file"}),
    "files.completeUploadExternal": frozenset({"file"}),
}
"""The kinds that a method's 429 concerns: Slack counts by method and workspace."""


def error_code(error: SlackApiError) -> str:
    """Slack's own word for the error, or http_STATUS when the answer was none of Slack's."""
    data = getattr(error.response, "data", None)
    code = data.get("error") if isinstance(data, dict) else None
    return str(code) if code else f"http_{_status(error)}"


def advice(code: str) -> str | None:
    """What an operator must do about an error, or None when waiting is enough."""
    return _ADVICE.get(code)


@contextmanager
def delivery_errors(uncertain: bool = False) -> Iterator[None]:
    """Turn errors of Slack and of the network into Retry, Outage or Undeliverable.

    `uncertain` says that an earlier attempt, or an earlier part of this one, may already stand in Slack.
    """
    try:
        yield
    except SlackApiError as error:
        raise _refused(error, uncertain) from None
    except ClientConnectorError as error:
        raise Outage(f"Slack cannot be reached: {type(error).__name__}", uncertain=uncertain) from None
    except (ClientError, TimeoutError) as error:
        raise Outage(f"the answer of Slack was lost: {type(error).__name__}", uncertain=True) from None


@contextmanager
def elsewhere(channel: str, ours: str) -> Iterator[None]:
    """Post in a channel that may be an earlier one than `ours`: when that is gone, ours is not."""
    try:
        yield
    except Outage as error:
        if channel != ours and str(error) in GONE:
            raise Undeliverable(f"{error} (an earlier channel)") from None
        raise


def _refused(error: SlackApiError, uncertain: bool) -> Exception:
    code, status = error_code(error), _status(error)
    if status == 429 or code == "ratelimited":
        holds = _KINDS.get(_method(error), frozenset())
        return Retry("Slack asks to wait", _wait(error), uncertain, holds=holds)
    if status >= 500 or code in ("internal_error", "fatal_error", "service_unavailable", "request_timeout"):
        return Outage(f"Slack has a failure of its own: {code}", uncertain=True)
    if code in _NEVER:
        return Undeliverable(code)
    what_to_do = advice(code)
    if code in TOKEN_ERRORS | GONE:
        return Outage(code, uncertain=uncertain, advice=what_to_do or "")
    if what_to_do is not None:
        return Retry(code, OPERATOR_DELAY, uncertain, what_to_do)
    return Retry(code, uncertain=True, advice="this error of Slack is not known here; report it")


def _method(error: SlackApiError) -> str:
    return str(getattr(error.response, "api_url", "")).rpartition("/")[2]


def _status(error: SlackApiError) -> int:
    response = error.response
    return int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)


def _wait(error: SlackApiError) -> float:
    value = str(error.response.headers.get("Retry-After", ""))
    return float(value) if value.isdigit() else 30.0
