"""What coordinators do, over Socket Mode and over signed HTTP."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from bot.ports import Coordination, Delivery
from connectors.slack.channel import SlackChannel
from tests.connectors.slack.bodies import card, card_body
from tests.connectors.slack.conftest import FakeGateway, make_channel, until
from tests.fakes.slack_push import Envelope
from tests.fakes.slack_server import FakeSlack


def kinds(gateway: FakeGateway) -> list[str]:
    return [action.kind for action in gateway.actions.values()]


async def test_claim_and_hand_back_over_socket_mode(
    channel: SlackChannel, slack: FakeSlack, gateway: FakeGateway
) -> None:
    sent = await channel.send(card())
    pressed = slack.press("claim", slack.messages()[0])
    await until(pressed.acked.is_set)
    [claim] = gateway.actions.values()
    assert (claim.kind, claim.handoff_id, claim.actor_id, claim.actor_name) == ("claim", "h1", "U0ANNA", "Anna")
    claimed = card_body(claimed_by="Anna")
    await channel.send(Delivery("d2", "slack", "card_update", "", claimed, sent.thread))
    handed_back = slack.press("release", slack.messages()[0], user="U0BERT")
    await until(handed_back.acked.is_set)
    assert kinds(gateway) == ["claim", "release"]


async def test_a_claim_does_not_wait_for_a_name(channel: SlackChannel, slack: FakeSlack, gateway: FakeGateway) -> None:
    await channel.send(card())
    slack.fail_next("users.info", hang=60.0)
    pressed = slack.press("claim", slack.messages()[0])
    await until(pressed.acked.is_set)
    [claim] = gateway.actions.values()
    assert (claim.actor_id, claim.actor_name) == ("U0ANNA", "u0anna")


async def test_a_reply_in_the_thread_is_passed_on_as_plain_text(
    channel: SlackChannel, slack: FakeSlack, gateway: FakeGateway
) -> None:
    sent = await channel.send(card())
    assert sent.thread is not None
    text = "See <https://x.example/a|our page> &amp; <mailto:a@x.example|a@x.example>, <@U0BERT> knows, 2 &lt; 3"
    reply = slack.reply(*sent.thread, text)
    await until(reply.acked.is_set)
    assert list(gateway.actions.values()) == [
        Coordination(
            channel="slack",
            external_id=reply.payload["event_id"],
            kind="reply",
            actor_id="U0ANNA",
            actor_name="Anna",
            thread=sent.thread,
            text="See our page (https://x.example/a) & a@x.example, @Bert knows, 2 < 3",
        )
    ]


async def test_what_is_not_a_reply_stays_in_slack(
    channel: SlackChannel, slack: FakeSlack, gateway: FakeGateway
) -> None:
    sent = await channel.send(card())
    assert sent.thread is not None
    where, ts = sent.thread
    await channel.send(
        Delivery("d2", "slack", "relay", "", {"handoff_id": "h1", "text": "hi", "author": "person"}, sent.thread)
    )
    unrelated: list[Envelope] = [
        slack.say(where, "lunch?"),
        slack.reply(where, ts, "Note: they called me"),
        slack.reply(where, ts, "ping", bot_id="B0OTHER"),
        slack.reply(where, ts, "", subtype="message_changed"),
        slack.say(where, "another thread", thread_ts="1.000000", parent_user_id="U0BERT"),
    ]
    await until(lambda: all(envelope.acked.is_set() for envelope in slack.envelopes))
    assert gateway.actions == {}
    assert all(envelope.attempts == 1 for envelope in unrelated)


async def test_files_are_not_passed_on_and_the_writer_is_told(
    channel: SlackChannel, slack: FakeSlack, gateway: FakeGateway
) -> None:
    sent = await channel.send(card())
    assert sent.thread is not None
    reply = slack.reply(*sent.thread, "here it is", subtype="file_share", files=[{"id": "F1"}])
    await until(reply.acked.is_set)
    assert [action.text for action in gateway.actions.values()] == ["here it is"]
    assert [shown["user"] for shown in slack.ephemerals] == ["U0ANNA"]


async def test_a_reply_that_cannot_be_stored_is_not_acknowledged_and_comes_again(
    channel: SlackChannel, slack: FakeSlack, gateway: FakeGateway, caplog: pytest.LogCaptureFixture
) -> None:
    sent = await channel.send(card())
    assert sent.thread is not None
    gateway.failures = 2
    reply = slack.reply(*sent.thread, "confidential words")
    await until(reply.acked.is_set)
    assert reply.attempts == 3
    assert kinds(gateway) == ["reply"]
    assert "OSError" in caplog.text
    assert "confidential" not in caplog.text


async def test_redeliveries_carry_the_same_id(channel: SlackChannel, slack: FakeSlack, gateway: FakeGateway) -> None:
    sent = await channel.send(card())
    assert sent.thread is not None
    first = [slack.press("claim", slack.messages()[0]), slack.reply(*sent.thread, "Hello")]
    again = [slack.resend(envelope) for envelope in first]
    await until(lambda: all(envelope.acked.is_set() for envelope in first + again))
    assert gateway.attempts == 4
    assert sorted(kinds(gateway)) == ["claim", "reply"]


async def test_an_unknown_person_still_claims(channel: SlackChannel, slack: FakeSlack, gateway: FakeGateway) -> None:
    await channel.send(card())
    await until(slack.press("claim", slack.messages()[0], user="U0NEW").acked.is_set)
    assert [action.actor_name for action in gateway.actions.values()] == ["u0new"]


async def test_a_new_line_is_opened_when_slack_asks(
    channel: SlackChannel, slack: FakeSlack, gateway: FakeGateway
) -> None:
    await channel.send(card())
    slack.refresh_socket()
    await until(lambda: slack.sockets_opened == 2)
    await until(slack.press("claim", slack.messages()[0]).acked.is_set)
    assert kinds(gateway) == ["claim"]


async def test_a_cut_line_is_opened_again_and_nothing_is_lost(
    channel: SlackChannel, slack: FakeSlack, gateway: FakeGateway
) -> None:
    sent = await channel.send(card())
    assert sent.thread is not None
    slack.drop_socket()
    await until(lambda: not slack.connected)
    replies = [slack.reply(*sent.thread, f"{number}") for number in range(5)]
    await until(lambda: all(reply.acked.is_set() for reply in replies))
    assert [action.text for action in gateway.actions.values()] == ["0", "1", "2", "3", "4"]


async def test_nothing_written_or_secret_is_logged(
    slack: FakeSlack, gateway: FakeGateway, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    connector = make_channel(slack, gateway)
    await connector.start()
    sent = await connector.send(card())
    assert sent.thread is not None
    await until(slack.reply(*sent.thread, "confidential words").acked.is_set)
    await connector.stop()
    ours = "\n".join(r.getMessage() for r in caplog.records if r.name.split(".")[0] in ("connectors", "slack_bolt"))
    sdk = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("slack_sdk"))
    for secret in ("confidential", "ann@zuiver.example", slack.BOT_TOKEN, slack.APP_TOKEN, "ticket="):
        assert secret not in ours + sdk


@pytest.fixture
async def http(slack: FakeSlack, gateway: FakeGateway) -> AsyncIterator[httpx.AsyncClient]:
    connector = make_channel(slack, gateway, slack_app_token=None, slack_signing_secret=slack.SIGNING_SECRET)
    await connector.start()
    await connector.send(card())
    transport = httpx.ASGITransport(app=Starlette(routes=connector.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://assistant") as client:
        yield client
    await connector.stop()


async def post(http: httpx.AsyncClient, slack: FakeSlack, envelope: Envelope, **headers: str) -> int:
    body, content_type = envelope.http_body()
    path = "/slack/interactions" if envelope.kind == "interactive" else "/slack/events"
    sent = {"content-type": content_type, **slack.signed(body), **headers}
    return (await http.post(path, content=body, headers=sent)).status_code


async def test_claim_and_reply_over_signed_http(
    http: httpx.AsyncClient, slack: FakeSlack, gateway: FakeGateway
) -> None:
    [message] = slack.messages()
    assert await post(http, slack, slack.press("claim", message)) == 200
    assert await post(http, slack, slack.reply(slack.CHANNEL, message["ts"], "Hello")) == 200
    assert kinds(gateway) == ["claim", "reply"]


async def test_over_http_too_what_cannot_be_stored_is_not_acknowledged(
    http: httpx.AsyncClient, slack: FakeSlack, gateway: FakeGateway
) -> None:
    [message] = slack.messages()
    for envelope in (slack.press("claim", message), slack.reply(slack.CHANNEL, message["ts"], "Hello")):
        gateway.failures = 1
        assert await post(http, slack, envelope) == 500
        assert await post(http, slack, envelope, **{"x-slack-retry-num": "1"}) == 200
    assert kinds(gateway) == ["claim", "reply"]


@pytest.mark.parametrize("headers", [{"x-slack-signature": "v0=" + "0" * 64}, {"x-slack-request-timestamp": "1"}])
async def test_a_wrong_signature_is_refused(
    http: httpx.AsyncClient, slack: FakeSlack, gateway: FakeGateway, headers: dict[str, str]
) -> None:
    pressed = slack.press("claim", slack.messages()[0])
    assert await post(http, slack, pressed, **headers) == 401
    assert gateway.actions == {}


async def test_an_old_request_is_refused(http: httpx.AsyncClient, slack: FakeSlack, gateway: FakeGateway) -> None:
    pressed = slack.press("claim", slack.messages()[0])
    old = slack.signed(pressed.http_body()[0], at=1_700_000_000)
    assert await post(http, slack, pressed, **old) == 401
    assert gateway.actions == {}


async def test_before_signing_in_nothing_is_acknowledged(slack: FakeSlack, gateway: FakeGateway) -> None:
    connector = make_channel(slack, gateway, slack_app_token=None, slack_signing_secret=slack.SIGNING_SECRET)
    await connector.send(card())
    transport = httpx.ASGITransport(app=Starlette(routes=connector.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://assistant") as client:
        assert await post(client, slack, slack.press("claim", slack.messages()[0])) == 500
    assert gateway.actions == {}


async def test_slack_can_verify_the_address(http: httpx.AsyncClient, slack: FakeSlack) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1aB", "token": "verification"})
    headers = {"content-type": "application/json", **slack.signed(body)}
    answer = await http.post("/slack/events", content=body, headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"challenge": "3eZbrw1aB"})


async def test_a_running_server_gets_signed_requests_until_it_stored_them(
    slack: FakeSlack, gateway: FakeGateway
) -> None:
    connector = make_channel(slack, gateway, slack_app_token=None, slack_signing_secret=slack.SIGNING_SECRET)
    config = uvicorn.Config(Starlette(routes=connector.routes()), port=0, ws="none", log_level="error")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    slack.request_url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/slack"
    await connector.start()
    await connector.send(card())
    gateway.failures = 1
    pressed = slack.press("claim", slack.messages()[0])
    await until(pressed.acked.is_set)
    server.should_exit = True
    await serving
    await connector.stop()
    assert (pressed.statuses, kinds(gateway)) == ([500, 200], ["claim"])


async def test_events_that_are_not_ours_are_acknowledged(
    http: httpx.AsyncClient, slack: FakeSlack, gateway: FakeGateway
) -> None:
    event: dict[str, Any] = {"type": "reaction_added", "user": "U0ANNA", "reaction": "eyes"}
    assert await post(http, slack, Envelope("events_api", {**slack_event(), "event": event})) == 200
    assert gateway.actions == {}


def slack_event() -> dict[str, Any]:
    return {"type": "event_callback", "team_id": "T0TEAM", "event_id": "Ev9"}
