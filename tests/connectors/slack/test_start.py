"""Signing in: what is wrong is told in one line, a missing network is waited for."""

import pytest

from bot.errors import SetupError
from tests.connectors.slack.bodies import card
from tests.connectors.slack.conftest import MANIFEST, make_channel, until
from tests.fakes.slack_server import FakeSlack


@pytest.mark.parametrize(
    ("changes", "setting"),
    [
        ({"slack_bot_token": "xoxb-wrong"}, "I2PCC_SLACK_BOT_TOKEN"),
        ({"slack_bot_token": None}, "I2PCC_SLACK_BOT_TOKEN"),
        ({"slack_app_token": "xapp-wrong"}, "I2PCC_SLACK_APP_TOKEN"),
        ({"slack_app_token": None}, "I2PCC_SLACK_APP_TOKEN"),
        ({"slack_channel": None}, "I2PCC_SLACK_CHANNEL"),
    ],
)
async def test_a_wrong_setting_is_named_in_one_line(slack: FakeSlack, changes: dict[str, object], setting: str) -> None:
    connector = make_channel(slack, None, **changes)
    with pytest.raises(SetupError) as caught:
        await connector.start()
    await connector.stop()
    assert setting in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "wrong" not in str(caught.value)


@pytest.mark.parametrize("fault", [{"status": 503}, {"retry_after": 0}, {"lost": True}])
@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_a_failing_slack_is_waited_for(slack: FakeSlack, method: str, fault: dict[str, int]) -> None:
    slack.fail_next(method, **fault)
    connector = make_channel(slack)
    await connector.start()
    assert not slack.connected
    await until(lambda: slack.connected)
    await connector.send(card())
    await connector.stop()
    assert len(slack.messages()) == 1


async def test_without_a_network_the_assistant_starts() -> None:
    with FakeSlack() as gone:
        connector = make_channel(gone)
    await connector.start()
    await connector.stop()


async def test_an_operator_reads_that_the_app_is_not_in_the_channel(
    slack: FakeSlack, caplog: pytest.LogCaptureFixture
) -> None:
    connector = make_channel(slack, slack_channel="C0OTHER")
    await connector.start()
    await connector.stop()
    assert "I2PCC_SLACK_CHANNEL" in caplog.text


async def test_a_refused_line_costs_a_new_ticket(slack: FakeSlack) -> None:
    slack.fail_next("link", status=503)
    connector = make_channel(slack)
    await connector.start()
    await until(lambda: slack.connected)
    await connector.stop()
    assert slack.count("apps.connections.open") == 2


def test_the_manifest_asks_for_what_is_used_and_no_more() -> None:
    scopes = set(MANIFEST["oauth_config"]["scopes"]["bot"])
    assert scopes == {"chat:write", "channels:history", "groups:history", "users:read", "files:write"}
    assert MANIFEST["settings"]["event_subscriptions"]["bot_events"] == ["message.channels", "message.groups"]
    assert MANIFEST["settings"]["socket_mode_enabled"] is True
    assert MANIFEST["settings"]["interactivity"]["is_enabled"] is True


async def test_without_a_signing_secret_there_is_no_http(slack: FakeSlack) -> None:
    assert make_channel(slack).routes() == []


async def test_stop_may_come_without_start(slack: FakeSlack) -> None:
    await make_channel(slack).stop()
