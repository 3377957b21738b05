"""The widget when the line is lost."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from bot.errors import RequestError
from bot.ports import PAGE
from tests.connectors.web.browser import Visitor
from tests.connectors.web.running import RunningServer, wait_until

Serve = Callable[..., RunningServer]


@pytest.fixture
def server(serve: Serve) -> RunningServer:
    return serve(rate_limit="off")


def texts_received(server: RunningServer) -> list[str]:
    (conversation,) = server.gateway.conversations.values()
    return [incoming.text for incoming in conversation.received]


def listening(server: RunningServer) -> Callable[[], bool]:
    return lambda: any(server.gateway.listeners.values())


def test_a_restart_of_the_server_loses_and_doubles_nothing(server: RunningServer, someone: Visitor) -> None:
    someone.open(server.url)
    someone.say("one")
    someone.hears("You said: one")
    wait_until(listening(server))
    server.stop()
    expect(someone.status).to_contain_text("connection is lost")
    someone.say("two")
    someone.say("three")
    name = next(iter(server.gateway.conversations))
    server.gateway.push(name, "Written while away")
    server.start()
    someone.hears("You said: three")
    someone.hears("Written while away")
    expect(someone.status).to_contain_text("Connected again")
    assert texts_received(server) == ["one", "two", "three"]
    bubbles = someone.bubbles()
    assert sorted(bubbles) == sorted(
        ["one", "You said: one", "two", "You said: two", "three", "You said: three", "Written while away"]
    )
    wait_until(listening(server))
    server.call(server.gateway.push, name, "The stream lives")
    someone.hears("The stream lives")
    assert someone.bubbles() == [*bubbles, "The stream lives"]


def test_a_server_that_is_stopped_in_a_reply_is_asked_again(server: RunningServer, someone: Visitor) -> None:
    someone.open(server.url)
    someone.say("one")
    someone.hears("You said: one")
    server.gateway.delay = 600.0
    someone.say("two")
    wait_until(lambda: len(server.gateway.inbox) == 2)
    server.stop()
    server.gateway.delay = 0.0
    server.start()
    someone.hears("You said: two")
    assert texts_received(server) == ["one", "two"]
    assert someone.bubbles() == ["one", "You said: one", "two", "You said: two"]
    assert someone.box.input_value() == ""


def test_a_lost_answer_is_asked_for_again_under_the_same_id(server: RunningServer, someone: Visitor) -> None:
    lost = []

    def lose_first(route: Route) -> None:
        if route.request.method != "POST" or lost:
            route.continue_()
            return
        lost.append(json.loads(route.request.post_data or ""))
        route.fetch()
        route.abort()

    someone.page.route("**/messages", lose_first)
    someone.open(server.url)
    someone.say("hello")
    someone.hears("You said: hello")
    assert lost[0]["text"] == "hello"
    assert texts_received(server) == ["hello"]
    assert someone.bubbles() == ["hello", "You said: hello"]


def test_a_second_try_is_told_as_one(server: RunningServer, someone: Visitor) -> None:
    server.gateway.failures = [RequestError(503, "turn_failed", "again, please")]
    bodies = someone.sent_bodies()
    someone.open(server.url)
    someone.say("hello")
    someone.hears("You said: hello")
    assert [body.get("again") for body in bodies] == [None, True]
    server.gateway.failures = [RequestError(503, "turn_failed", "again, please")] * 2
    someone.say("and this?")
    wait_until(lambda: len(bodies) >= 3)
    someone.page.reload()
    someone.launcher.click()
    someone.hears("You said: and this?")
    assert [body.get("again") for body in bodies[2:4]] == [None, True]


def test_a_message_that_both_ways_bring_stands_once(server: RunningServer, someone: Visitor) -> None:
    someone.open(server.url)
    for text in ("one", "two", "three"):
        someone.say(text)
        someone.hears(f"You said: {text}")
    someone.page.wait_for_timeout(300)
    assert someone.bubbles() == ["one", "You said: one", "two", "You said: two", "three", "You said: three"]


def test_without_a_stream_messages_still_come(server: RunningServer, someone: Visitor) -> None:
    someone.page.route_web_socket("**/stream", lambda socket: socket.close())
    someone.open(server.url)
    someone.say("one")
    someone.hears("You said: one")
    server.call(server.gateway.push, next(iter(server.gateway.conversations)), "From a coordinator")
    someone.hears("From a coordinator")
    assert someone.status.inner_text() == ""


def test_the_conversation_outlives_a_reload(server: RunningServer, someone: Visitor) -> None:
    someone.open(server.url)
    someone.say("regions")
    someone.hears("Five regions take part:")
    before = someone.bubbles()
    someone.page.reload()
    someone.launcher.click()
    someone.hears("Five regions take part:")
    assert someone.bubbles() == before
    assert someone.choices.all_inner_texts() == ["Hebei", "Shaanxi"]
    someone.say("more")
    someone.hears("You said: more")
    assert len(server.gateway.conversations) == 1


def test_a_message_not_yet_sent_outlives_a_reload(server: RunningServer, someone: Visitor) -> None:
    someone.open(server.url)
    someone.say("one")
    someone.hears("You said: one")
    someone.page.route("**/messages", lambda route: route.abort())
    someone.say("two")
    expect(someone.status).to_contain_text("connection is lost")
    someone.page.unroute_all()
    someone.page.reload()
    someone.launcher.click()
    someone.hears("You said: two")
    assert texts_received(server) == ["one", "two"]


def test_a_gone_conversation_is_replaced_and_the_text_is_sent(server: RunningServer, someone: Visitor) -> None:
    someone.open(server.url)
    someone.say("one")
    someone.hears("You said: one")
    server.gateway.conversations.clear()
    someone.say("two")
    someone.hears("You said: two")
    assert texts_received(server) == ["two"]
    assert someone.bubbles() == ["one", "You said: one", "two", "You said: two"]
    someone.say("three")
    someone.hears("You said: three")
    assert someone.bubbles()[-2:] == ["three", "You said: three"]


def test_two_tabs_show_one_conversation(server: RunningServer, someone: Visitor) -> None:
    someone.open(server.url)
    someone.say("one")
    someone.hears("You said: one")
    context: BrowserContext = someone.page.context
    second = Visitor(context.new_page())
    second.open(server.url)
    second.hears("You said: one")
    second.say("two")
    second.hears("You said: two")
    someone.hears("You said: two")
    assert someone.bubbles() == second.bubbles() == ["one", "You said: one", "two", "You said: two"]
    assert second.errors == []


def test_what_is_said_without_a_network_is_sent_when_it_is_back(server: RunningServer, someone: Visitor) -> None:
    someone.open(server.url)
    someone.say("regions")
    someone.hears("Five regions take part:")
    wait_until(listening(server))
    context = someone.page.context
    context.set_offline(True)
    someone.choices.first.click()
    someone.say("two")
    expect(someone.status).to_contain_text("connection is lost")
    expect(someone.page.get_by_text("Waiting to be sent").locator("visible=true")).to_have_count(2)
    with someone.page.expect_websocket():  # the one from before may be dead without knowing it
        context.set_offline(False)
    someone.hears("You said: two")
    expect(someone.status).to_contain_text("Connected again")
    assert someone.bubbles()[2:] == ["Hebei", "two", "You said: region:hebei", "You said: two"]


def test_a_long_absence_is_caught_up_page_by_page(server: RunningServer, someone: Visitor) -> None:
    someone.open(server.url)
    someone.say("one")
    someone.hears("You said: one")
    someone.page.goto("about:blank")
    name = next(iter(server.gateway.conversations))
    missed = [f"Message {number}" for number in range(2 * PAGE + 5)]
    for text in missed:
        server.call(server.gateway.push, name, text)
    before = len(someone.requests)
    someone.open(server.url)
    someone.hears(missed[-1])
    assert someone.bubbles() == ["one", "You said: one", *missed]
    assert len([url for url in someone.requests[before:] if "/messages?after=" in url]) == 3
