"""The fake Slack is as strict as the real one, or the other tests would prove nothing."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack_blocks import block_errors
from tests.fakes.slack_server import FakeSlack

TEXT = {"type": "mrkdwn", "text": "hello"}
PLAIN = {"type": "plain_text", "text": "Claim"}
BUTTON = {"type": "button", "action_id": "claim", "text": PLAIN, "value": "1"}

BAD: dict[str, list[dict[str, Any]]] = {
    "too many blocks": [{"type": "divider"}] * 51,
    "the same block id twice": [{"type": "divider", "block_id": "a"}] * 2,
    "unknown type": [{"type": "carpet"}],
    "a section without text": [{"type": "section"}],
    "an empty text": [{"type": "section", "text": {"type": "mrkdwn", "text": " "}}],
    "a text too long": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}],
    "emojis too long": [{"type": "section", "text": {"type": "mrkdwn", "text": "🌱" * 1501}}],
    "eleven fields": [{"type": "section", "fields": [TEXT] * 11}],
    "a field too long": [{"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2001}]}],
    "a header in mrkdwn": [{"type": "header", "text": TEXT}],
    "a header too long": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
    "no actions": [{"type": "actions", "elements": []}],
    "the same action twice": [{"type": "actions", "elements": [BUTTON, BUTTON]}],
    "a value too long": [{"type": "actions", "elements": [{**BUTTON, "value": "x" * 2001}]}],
    "a style of its own": [{"type": "actions", "elements": [{**BUTTON, "style": "green"}]}],
    "an empty context": [{"type": "context", "elements": []}],
    "a mass mention": [{"type": "section", "text": {"type": "mrkdwn", "text": "<!channel>"}}],
}


@pytest.mark.parametrize("name", BAD)
async def test_bad_blocks_are_refused(slack: FakeSlack, name: str) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client(slack).chat_postMessage(channel=slack.CHANNEL, text="x", blocks=BAD[name])
    assert caught.value.response["error"] == "invalid_blocks"
    assert slack.messages() == []


def test_good_blocks_are_taken() -> None:
    assert block_errors([{"type": "section", "text": TEXT}, {"type": "actions", "elements": [BUTTON]}]) == []


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ({"channel": "C0OTHER", "text": "x"}, "channel_not_found"),
        ({"channel": FakeSlack.CHANNEL, "text": " "}, "no_text"),
        ({"channel": FakeSlack.CHANNEL, "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": FakeSlack.CHANNEL, "text": "x", "thread_ts": "1.000000"}, "thread_not_found"),
        ({"channel": FakeSlack.CHANNEL, "text": "x", "metadata": {"event_type": "a b"}}, "invalid_metadata_format"),
    ],
)
async def test_bad_messages_are_refused(slack: FakeSlack, call: dict[str, Any], error: str) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client(slack).api_call("chat.postMessage", json=call)
    assert caught.value.response["error"] == error


async def test_tokens_and_scopes_are_asked_for(slack: FakeSlack) -> None:
    for token, error in ((None, "not_authed"), ("xoxb-wrong", "invalid_auth")):
        with pytest.raises(SlackApiError) as caught:
            await AsyncWebClient(token, base_url=slack.url).auth_test()
        assert caught.value.response["error"] == error
    with pytest.raises(SlackApiError) as caught:
        await client(slack).reactions_add(channel=slack.CHANNEL, name="eyes", timestamp="1.0")
    assert caught.value.response["error"] == "missing_scope"


async def test_a_file_goes_up_in_two_steps() -> None:
    with FakeSlack() as slack:
        await client(slack).files_upload_v2(filename="a.txt", content="words", channel=slack.CHANNEL)
        assert "words" in slack.everything()


def client(slack: FakeSlack) -> AsyncWebClient:
    return AsyncWebClient(slack.BOT_TOKEN, base_url=slack.url)
