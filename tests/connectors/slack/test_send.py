"""What goes out, against the fake Slack."""

import json
from dataclasses import replace
from typing import Any, get_args

import pytest
from aiohttp import ServerDisconnectedError

from bot import alerts
from bot.ports import Delivery, Outage, Retry, Sent, Undeliverable
from connectors.slack.channel import SlackChannel
from connectors.slack.failures import delivery_errors
from connectors.slack.labels import load_labels
from connectors.slack.transcript import alert
from tests.connectors.slack.bodies import card, card_body, lines
from tests.connectors.slack.conftest import make_channel
from tests.fakes.slack_server import FakeSlack

THREAD_KINDS: list[tuple[str, dict[str, Any]]] = [
    ("transcript", {"handoff_id": "h1", "lines": lines("Hallo", "Dag!", "x" * 9000)}),
    ("relay", {"handoff_id": "h1", "text": "Is there news?", "author": "Ann"}),
]


async def test_a_card_tells_who_what_and_where(channel: SlackChannel, slack: FakeSlack) -> None:
    sent = await channel.send(card())
    [message] = slack.messages()
    assert sent == Sent({"channel": slack.CHANNEL, "messages": [message["ts"]]}, (slack.CHANNEL, message["ts"]))
    shown = json.dumps(message["blocks"], ensure_ascii=False)
    for part in ("Zuiver &amp; Co &lt;NV&gt;", "ann@zuiver.example", "Antwerp", "Hydrogen", "in a consortium"):
        assert part in shown
    for part in ("1. Chongqing", "confidence medium", "S1", "2. Hebei", "I2P-7K3F9Q", "Dutch", "Telegram"):
        assert part in shown
    assert message["metadata"]["event_payload"] == {"id": "d1", "part": 0, "reference": "I2P-7K3F9Q"}


async def test_a_wish_for_a_person_needs_no_intake(channel: SlackChannel, slack: FakeSlack) -> None:
    await channel.send(card(reason="person", intake=None, text="<!channel> 我想和人谈谈 @here"))
    [message] = slack.messages()
    shown = json.dumps(message, ensure_ascii=False)
    assert "&lt;!channel&gt; 我想和人谈谈" in shown
    assert "<!channel>" not in shown


async def test_what_is_too_long_for_the_card_stands_in_its_thread(channel: SlackChannel, slack: FakeSlack) -> None:
    solution = " ".join(f"word{i}" for i in range(1500))
    body = card_body()
    body["intake"]["slots"] = {**body["intake"]["slots"], "solution": solution}
    sent = await channel.send(Delivery("d1", "slack", "card", "", body))
    replies = slack.thread(*sent.thread) if sent.thread else []
    told = " ".join(reply["text"].split("\n", 1)[1] for reply in replies)
    assert told.split() == solution.split()
    assert sent.external["messages"][1:] == [reply["ts"] for reply in replies]


async def test_a_card_is_replaced_where_it_stands(channel: SlackChannel, slack: FakeSlack) -> None:
    sent = await channel.send(card())
    update = Delivery("d2", "slack", "card_update", "", card_body(claimed_by="Anna"), thread=sent.thread)
    await channel.send(update)
    [message] = slack.messages()
    shown = json.dumps(message["blocks"])
    assert "Claimed by Anna" in shown
    assert "Hand back" in shown
    assert message["metadata"]["event_payload"]["id"] == "d1"


@pytest.mark.parametrize(("kind", "body"), THREAD_KINDS)
async def test_the_conversation_goes_into_the_thread(
    channel: SlackChannel, slack: FakeSlack, kind: Any, body: dict[str, Any]
) -> None:
    sent = await channel.send(card())
    told = await channel.send(Delivery("d2", "slack", kind, "", body, thread=sent.thread))
    assert sent.thread is not None
    replies = slack.thread(*sent.thread)
    assert [reply["ts"] for reply in replies] == told.external["messages"]
    assert all(len(reply["text"]) <= 4000 for reply in replies)
    said = "".join(reply["text"] for reply in replies)
    assert said.count("x") >= 9000 if kind == "transcript" else "*Ann*\nIs there news?" in said


@pytest.mark.parametrize("fault", [{"lost": True}, {"status": 500}])
async def test_an_uncertain_card_is_looked_for_first(
    channel: SlackChannel, slack: FakeSlack, fault: dict[str, Any]
) -> None:
    slack.fail_next("chat.postMessage", **fault)
    with pytest.raises(Retry) as caught:
        await channel.send(card())
    assert caught.value.uncertain
    sent = await channel.send(replace(card(), uncertain=True))
    assert [message["ts"] for message in slack.messages()] == sent.external["messages"]
    assert sent.thread == (slack.CHANNEL, sent.external["messages"][0])


async def test_an_interrupted_transcript_is_resumed_without_doubles(channel: SlackChannel, slack: FakeSlack) -> None:
    sent = await channel.send(card())
    body = {"handoff_id": "h1", "lines": lines(*(f"{i} " + "z" * 2000 for i in range(6)))}
    delivery = Delivery("d2", "slack", "transcript", "", body, thread=sent.thread)
    await channel.send(replace(delivery, id="other"))
    assert sent.thread is not None
    whole = [reply["text"] for reply in slack.thread(*sent.thread)]
    for fault in ({"lost": True}, {"retry_after": 0}):
        slack.fail_next("chat.postMessage", **fault)
        with pytest.raises(Retry) as caught:
            await channel.send(delivery)
        delivery = replace(delivery, uncertain=delivery.uncertain or caught.value.uncertain)
    again = await channel.send(delivery)
    replies = slack.thread(*sent.thread)[len(whole) :]
    assert [reply["text"] for reply in replies] == whole
    assert [reply["ts"] for reply in replies] == again.external["messages"]


async def test_an_uncertain_card_is_found_behind_many_others(channel: SlackChannel, slack: FakeSlack) -> None:
    slack.fail_next("chat.postMessage", lost=True)
    with pytest.raises(Retry):
        await channel.send(card(created_at="2020-01-01T00:00:00+00:00"))
    for number in range(450):
        slack.say(slack.CHANNEL, f"chatter {number}")
    await channel.send(replace(card(created_at="2020-01-01T00:00:00+00:00"), uncertain=True))
    assert sum("blocks" in message for message in slack.messages()) == 1
    assert slack.count("conversations.history") == 4


async def test_a_429_is_honoured(channel: SlackChannel, slack: FakeSlack) -> None:
    slack.fail_next("chat.postMessage", retry_after=7)
    with pytest.raises(Retry) as caught:
        await channel.send(card())
    assert (caught.value.after, caught.value.uncertain) == (7.0, False)
    assert slack.count("chat.postMessage") == 1
    assert caught.value.holds == {"card", "transcript", "relay", "alert"}


async def test_a_429_of_one_method_does_not_hold_up_the_others(channel: SlackChannel, slack: FakeSlack) -> None:
    sent = await channel.send(card())
    slack.fail_next("chat.update", retry_after=30)
    with pytest.raises(Retry) as caught:
        await channel.send(Delivery("d2", "slack", "card_update", "", card_body(), thread=sent.thread))
    assert (caught.value.after, caught.value.holds) == (30.0, {"card_update"})


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        ("invalid_auth", "I2PCC_SLACK_BOT_TOKEN"),
        ("token_revoked", "I2PCC_SLACK_BOT_TOKEN"),
        ("account_inactive", "I2PCC_SLACK_BOT_TOKEN"),
        ("channel_not_found", "invite"),
        ("not_in_channel", "invite"),
        ("is_archived", "unarchive"),
    ],
)
async def test_what_holds_up_everything_is_an_outage_that_says_what_to_do(
    channel: SlackChannel, slack: FakeSlack, error: str, advice: str
) -> None:
    slack.fail_next("chat.postMessage", error=error)
    with pytest.raises(Outage) as caught:
        await channel.send(card())
    assert advice in caught.value.advice


async def test_a_missing_scope_holds_up_only_what_needs_it(channel: SlackChannel, slack: FakeSlack) -> None:
    slack.fail_next("chat.postMessage", error="missing_scope")
    with pytest.raises(Retry) as caught:
        await channel.send(card())
    assert not isinstance(caught.value, Outage)
    assert caught.value.after is not None
    assert caught.value.after >= 60
    assert "slack-manifest.yml" in caught.value.advice


@pytest.mark.parametrize("error", ["channel_not_found", "not_in_channel", "is_archived"])
async def test_a_thread_in_an_earlier_channel_that_is_gone_holds_up_nothing_else(
    channel: SlackChannel, slack: FakeSlack, error: str
) -> None:
    relay = Delivery(
        "d2", "slack", "relay", "", {"handoff_id": "h1", "text": "Hi", "author": "person"}, ("C0OLD", "1.0")
    )
    slack.fail_next("chat.postMessage", error=error)
    with pytest.raises(Undeliverable, match=error):
        await channel.send(relay)


async def test_an_erasure_goes_on_past_an_earlier_channel_that_is_gone(channel: SlackChannel, slack: FakeSlack) -> None:
    sent = await channel.send(card())
    places = [{"channel": slack.CHANNEL, "ts": ts} for ts in sent.external["messages"]]
    body = {"messages": [*places, {"channel": "C0OLD", "ts": "1.0"}], "uncertain": ["d7"]}
    with pytest.raises(Undeliverable, match="channel_not_found"):
        await channel.send(Delivery("d3", "slack", "erase", "", body))
    assert slack.messages() == []


async def test_an_alert_stands_in_the_channel_once(channel: SlackChannel, slack: FakeSlack) -> None:
    body = {"event": "not_shown", "row": "out-7", "channel": "slack", "kind": "card", "reason": "invalid_blocks"}
    body |= {"reference": "I2P-7K3F9Q", "created_at": "2026-11-21T22:00:00+00:00"}
    slack.fail_next("chat.postMessage", lost=True)
    with pytest.raises(Retry):
        await channel.send(Delivery("d9", "slack", "alert", "", body))
    await channel.send(Delivery("d9", "slack", "alert", "", body, uncertain=True))
    [message] = slack.messages()
    assert "the card of I2P-7K3F9Q (invalid_blocks)" in message["text"]
    assert "deliveries show out-7" in message["text"]


async def test_who_talks_with_a_person_hears_in_the_thread_that_nothing_arrived(
    channel: SlackChannel, slack: FakeSlack
) -> None:
    thread = (await channel.send(card())).thread
    assert thread
    body = {"event": "unreached", "row": "out-7", "channel": "telegram", "kind": "message", "reason": "blocked <now>"}
    body |= {"reference": "", "created_at": "2026-11-21T22:00:00+00:00"}
    await channel.send(Delivery("d9", "slack", "alert", "", body, thread))
    [reply] = slack.thread(*thread)
    assert "did not reach the person over Telegram: a message (blocked &lt;now&gt;)" in reply["text"]


@pytest.mark.parametrize("event", load_labels().alerts)
def test_each_alert_can_be_told_with_what_the_bot_gives(event: str) -> None:
    body = {"event": event, "row": "out-7", "channel": "web", "kind": "message", "reason": "", "reference": ""}
    assert alert(body, load_labels()).startswith(":warning:")
    assert get_args(alerts.Event) == tuple(load_labels().alerts)


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_too_long"])
async def test_what_slack_never_takes_is_undeliverable(channel: SlackChannel, slack: FakeSlack, error: str) -> None:
    slack.fail_next("chat.postMessage", error=error)
    with pytest.raises(Undeliverable):
        await channel.send(card())


@pytest.mark.parametrize("error", [TimeoutError(), ServerDisconnectedError()])
def test_a_lost_answer_may_have_arrived(error: Exception) -> None:
    with pytest.raises(Outage) as caught, delivery_errors():
        raise error
    assert caught.value.uncertain


async def test_an_unknown_channel_waits(slack: FakeSlack) -> None:
    with pytest.raises(Outage):
        await make_channel(slack, slack_channel="C0OTHER").send(card())


async def test_a_refused_connection_is_certain_not_to_have_arrived() -> None:
    with FakeSlack() as gone:
        connector = make_channel(gone)
    with pytest.raises(Outage) as caught:
        await connector.send(card())
    assert not caught.value.uncertain


async def test_erasure_deletes_our_messages(channel: SlackChannel, slack: FakeSlack) -> None:
    sent = await channel.send(card())
    told = await channel.send(
        Delivery(
            "d2", "slack", "relay", "", {"handoff_id": "h1", "text": "ann@zuiver.example", "author": "Ann"}, sent.thread
        )
    )
    stamps = told.external["messages"] + sent.external["messages"]
    messages = [{"channel": slack.CHANNEL, "ts": ts} for ts in stamps]
    erase = Delivery("d3", "slack", "erase", "", {"messages": messages})
    await channel.send(erase)
    assert "ann@zuiver.example" not in slack.everything()
    await channel.send(erase)


async def test_an_interrupted_erasure_goes_on_where_it_stopped(channel: SlackChannel, slack: FakeSlack) -> None:
    sent = await channel.send(card())
    body = {"handoff_id": "h1", "lines": lines(*("z" * 3000 for _ in range(5)))}
    told = await channel.send(Delivery("d2", "slack", "transcript", "", body, sent.thread))
    stamps = sent.external["messages"] + told.external["messages"]
    messages = [{"channel": slack.CHANNEL, "ts": ts} for ts in stamps]
    erase = Delivery("d3", "slack", "erase", "", {"messages": messages})
    slack.fail_next("chat.delete", skip=4, retry_after=0)
    with pytest.raises(Retry):
        await channel.send(erase)
    await channel.send(erase)
    assert slack.messages() == []
    assert slack.count("chat.delete") == len(stamps) + 1


async def test_erasure_finds_what_arrived_unknown_to_us(channel: SlackChannel, slack: FakeSlack) -> None:
    sent = await channel.send(card())
    where = sent.external["messages"][0]
    relay = Delivery("d2", "slack", "relay", "", {"handoff_id": "h1", "text": "Ann", "author": "person"}, sent.thread)
    slack.fail_next("chat.postMessage", lost=True, times=2)
    for lost in (relay, replace(card(), id="d3")):
        with pytest.raises(Retry):
            await channel.send(lost)
    slack.say(slack.CHANNEL, "lunch?")
    body = {"messages": [{"channel": slack.CHANNEL, "ts": where}], "uncertain": ["d2", "d3"]}
    slack.fail_next("chat.delete", retry_after=0)
    with pytest.raises(Retry):
        await channel.send(Delivery("d4", "slack", "erase", "", body))
    await channel.send(Delivery("d4", "slack", "erase", "", body))
    assert [message["text"] for message in slack.messages()] == ["lunch?"]
    assert slack.thread(slack.CHANNEL, where) == []


async def test_nothing_goes_into_a_thread_before_its_card(channel: SlackChannel, slack: FakeSlack) -> None:
    with pytest.raises(Retry):
        await channel.send(Delivery("d2", "slack", "transcript", "", {"handoff_id": "h1", "lines": lines("Hi")}))
    assert slack.messages() == []
