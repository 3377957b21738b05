"""What an error of Slack means for a delivery."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import ClientConnectorError, ClientError
from slack_sdk.errors import SlackApiError

from bot.ports import Retry, Undeliverable

log = logging.getLogger(__name__)

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
    """Turn errors of Slack and of the network into Retry or Undeliverable.

    `uncertain` says that an earlier attempt, or an earlier part of this one, may already stand in Slack.
    """
    try:
        yield
    except SlackApiError as error:
        raise _refused(error, uncertain) from None
    except ClientConnectorError as error:
        raise Retry(f"Slack cannot be reached ({type(error).__name__})", uncertain=uncertain) from None
    except (ClientError, TimeoutError) as error:
        raise Retry(f"the answer of Slack was lost ({type(error).__name__})", uncertain=True) from None


def _refused(error: SlackApiError, uncertain: bool) -> Exception:
    code, status = error_code(error), _status(error)
    if status == 429 or code == "ratelimited":
        return Retry("Slack asks to wait", after=_wait(error), uncertain=uncertain)
    if status >= 500 or code in ("internal_error", "fatal_error", "service_unavailable", "request_timeout"):
        return Retry(f"Slack has a failure of its own ({code})", uncertain=True)
    if code in _NEVER:
        log.error("Slack refuses a message for good: %s", code)
        return Undeliverable(code)
    if (what_to_do := advice(code)) is not None:
        log.error("Slack refuses our messages (%s): %s; deliveries wait", code, what_to_do)
        return Retry(code, after=OPERATOR_DELAY, uncertain=uncertain)
    log.error("Slack answers with an error that is not known here: %s; the delivery is tried again", code)
    return Retry(code, uncertain=True)


def _status(error: SlackApiError) -> int:
    response = error.response
    return int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)


def _wait(error: SlackApiError) -> float:
    value = str(error.response.headers.get("Retry-After", ""))
    return float(value) if value.isdigit() else 30.0
