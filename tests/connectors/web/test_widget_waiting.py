"""The widget when the server cannot take something, now or at all."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from bot.errors import RequestError
from connectors.web import ratelimits
from tests.connectors.web.browser import Visitor
from tests.connectors.web.fake_gateway import Conversation
from tests.connectors.web.running import RunningServer, wait_until

UNAVAILABLE = RequestError(503, "store_unavailable", "for programs", retry_after=1)
TOO_FAST = RequestError(429, "rate_limited", "for programs", retry_after=1)
SET_ASIDE = RequestError(503, "set_aside", "for programs")
PROXY = RequestError(503, "from_a_proxy", "for programs")


def waiting(someone: Visitor) -> Locator:
    return someone.page.get_by_text("Waiting to be sent").locator("visible=true")


def latest(server: RunningServer) -> Conversation:
    return list(server.gateway.conversations.values())[-1]


def said(server: RunningServer) -> list[str]:
    return [incoming.text or incoming.payload for incoming in latest(server).received]


@pytest.fixture
def offered(server: RunningServer, someone: Visitor) -> Visitor:
    """Somebody who is asked to press a button."""
    someone.open(server.url)
    someone.say("regions")
    someone.hears("Five regions take part:")
    return someone


@pytest.mark.parametrize("refusal", [UNAVAILABLE, TOO_FAST, PROXY])
def test_a_pressed_button_waits_and_is_sent_once(
    server: RunningServer, offered: Visitor, refusal: RequestError
) -> None:
    words = {429: "a lot at once", 503: "not available just now"}
    server.gateway.failures = [refusal, refusal]
    sent = offered.sent_bodies()
    offered.choices.first.click()
    expect(offered.status).to_contain_text(words[refusal.status])
    expect(waiting(offered)).to_have_count(1)
    assert offered.choices.count() == 0
    offered.hears("You said: region:hebei")
    expect(waiting(offered)).to_have_count(0)
    expect(offered.status).to_have_text("")
    assert offered.bubbles()[2:] == ["Hebei", "You said: region:hebei"]
    assert said(server) == ["regions", "region:hebei"]
    assert len(sent) == 3
    assert len({body["client_id"] for body in sent}) == 1


def test_who_writes_too_fast_for_the_limit_loses_nothing(
    serve: Callable[..., RunningServer], someone: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ratelimits, "MESSAGES_PER_CONVERSATION", 2)
    monkeypatch.setattr(ratelimits, "MINUTE", 4.0)
    limited = serve(rate_limit="on")
    someone.open(limited.url)
    texts = ["one", "two", "three", "four"]
    for text in texts:
        someone.say(text)
    expect(someone.status).to_contain_text("a lot at once")
    someone.hears("You said: four")
    assert said(limited) == texts


def test_what_is_said_meanwhile_waits_behind_it(server: RunningServer, offered: Visitor) -> None:
    server.gateway.failures = [UNAVAILABLE] * 3
    offered.choices.first.click()
    expect(waiting(offered)).to_have_count(1)
    offered.say("and then this")
    expect(waiting(offered)).to_have_count(2)
    offered.hears("You said: and then this")
    assert said(server) == ["regions", "region:hebei", "and then this"]


def test_the_server_is_not_asked_before_the_time_that_it_told(server: RunningServer, offered: Visitor) -> None:
    server.gateway.failures = [RequestError(503, "busy", "for programs", retry_after=600)]
    asked = offered.sent_bodies()
    offered.page.clock.install()
    offered.page.evaluate("Math.random = () => 0")
    offered.choices.first.click()
    expect(waiting(offered)).to_have_count(1)
    offered.page.clock.run_for(599_000)
    assert len(asked) == 1
    offered.page.clock.run_for(2_000)
    offered.hears("You said: region:hebei")
    assert len(asked) == 2


def test_a_waiting_button_outlives_a_reload(server: RunningServer, offered: Visitor) -> None:
    server.gateway.failures = [RequestError(503, "busy", "for programs", retry_after=600)]
    offered.choices.first.click()
    expect(waiting(offered)).to_have_count(1)
    offered.page.reload()
    offered.launcher.click()
    offered.hears("You said: region:hebei")
    assert said(server) == ["regions", "region:hebei"]


def test_a_button_pressed_twice_counts_once(server: RunningServer, offered: Visitor) -> None:
    server.gateway.delay = 0.3
    offered.choices.first.evaluate("button => { button.click(); button.click(); }")
    offered.hears("You said: region:hebei")
    offered.say("more")
    offered.hears("You said: more")
    server.gateway.delay = 0.0
    assert said(server) == ["regions", "region:hebei", "more"]


def test_a_button_that_is_refused_can_be_pressed_again(server: RunningServer, offered: Visitor) -> None:
    server.gateway.failures = [RequestError(500, "internal", "for programs")]
    sent = offered.sent_bodies()
    offered.choices.first.click()
    expect(offered.status).to_contain_text("did not work")
    assert offered.choices.all_inner_texts() == ["Hebei", "Shaanxi"]
    offered.choices.first.click()
    offered.hears("You said: region:hebei")
    assert said(server) == ["regions", "region:hebei"]
    assert len(sent) == 2
    assert len({body["client_id"] for body in sent}) == 1


def test_what_was_set_aside_is_another_message_when_sent_again(server: RunningServer, offered: Visitor) -> None:
    server.gateway.failures = [SET_ASIDE]
    sent = offered.sent_bodies()
    offered.say("hello")
    expect(offered.box).to_have_value("hello")
    expect(offered.status).to_contain_text("did not work")
    offered.page.keyboard.press("Enter")
    offered.hears("You said: hello")
    assert len({body["client_id"] for body in sent}) == 2


@pytest.mark.parametrize(("text", "words"), [("409", "still being handled"), ("explode", "did not work")])
def test_a_refusal_is_told_kindly_and_the_text_stays(
    server: RunningServer, someone: Visitor, text: str, words: str
) -> None:
    someone.open(server.url)
    someone.say(text)
    expect(someone.status).to_contain_text(words)
    expect(someone.box).to_have_value(text)
    assert someone.bubbles() == []


def test_what_was_refused_and_is_sent_again_is_the_same_message(server: RunningServer, someone: Visitor) -> None:
    someone.open(server.url)
    someone.say("409")
    expect(someone.box).to_have_value("409")
    someone.page.keyboard.press("Enter")
    wait_until(lambda: len(latest(server).received) == 2)
    assert len({incoming.external_id for incoming in latest(server).received}) == 1
    expect(someone.box).to_have_value("409")
    someone.box.fill("something else")
    someone.page.keyboard.press("Enter")
    someone.hears("You said: something else")
    assert len({incoming.external_id for incoming in latest(server).received}) == 2


def test_a_file_waits_too(server: RunningServer, offered: Visitor, tmp_path: Path) -> None:
    (tmp_path / "plan.pdf").write_bytes(b"%PDF-1.4 plan")
    server.gateway.failures = [UNAVAILABLE]
    with offered.page.expect_file_chooser() as chooser:
        offered.page.get_by_role("button", name="Send a file").click()
    chooser.value.set_files(tmp_path / "plan.pdf")
    expect(waiting(offered)).to_have_count(1)
    offered.hears("Kept plan.pdf")
    assert len(latest(server).received) == 2


def test_what_waits_is_sent_though_another_page_did_not_know_of_it(server: RunningServer, offered: Visitor) -> None:
    other = Visitor(offered.page.context.new_page())
    other.open(server.url)
    server.gateway.failures = [RequestError(503, "busy", "for programs", retry_after=2)]
    offered.choices.first.click()
    expect(waiting(offered)).to_have_count(1)
    other.page.evaluate("""() => {
        const [key, kept] = Object.entries(localStorage)[0];
        const content = JSON.parse(kept);
        content.state.log = content.state.log.filter((item) => !item.body);
        localStorage.setItem(key, JSON.stringify(content));
    }""")
    offered.hears("You said: region:hebei")
    assert offered.bubbles()[2:] == ["Hebei", "You said: region:hebei"]
    assert said(server) == ["regions", "region:hebei"]


def test_a_file_that_waits_stays_when_another_page_opens(
    server: RunningServer, offered: Visitor, tmp_path: Path
) -> None:
    (tmp_path / "plan.pdf").write_bytes(b"%PDF-1.4 plan")
    server.gateway.failures = [RequestError(503, "busy", "for programs", retry_after=3)]
    with offered.page.expect_file_chooser() as chooser:
        offered.page.get_by_role("button", name="Send a file").click()
    chooser.value.set_files(tmp_path / "plan.pdf")
    expect(waiting(offered)).to_have_count(1)
    other = Visitor(offered.page.context.new_page())
    other.open(server.url)
    other.say("from the other page")
    other.hears("You said: from the other page")
    offered.hears("Kept plan.pdf")
    assert offered.bubbles().count("📎 plan.pdf") == 1
    assert sum(incoming.kind == "attachment" for incoming in latest(server).received) == 1


def test_data_is_forgotten_here_though_the_server_went_away_after_it_was_deleted(
    server: RunningServer, someone: Visitor, refuse_reads: Callable[[], None]
) -> None:
    someone.open(server.url)
    someone.say("my secret plan")
    someone.hears("You said: my secret plan")
    someone.say("/delete")
    someone.hears("Sure?")
    refuse_reads()
    someone.page.get_by_role("button", name="Yes, delete").click()
    expect(someone.status).to_contain_text("was deleted")
    assert someone.bubbles() == ["Deleted."]
    assert someone.page.evaluate("localStorage.length") == 0


@pytest.fixture
def refuse_reads(someone: Visitor) -> Callable[[], None]:
    """From now on the first two times that the browser asks for messages fail."""
    left = [1, 2]

    def start() -> None:
        someone.page.route(
            "**/messages?after=*", lambda route: route.fulfill(status=503) if left and left.pop() else route.continue_()
        )

    return start
