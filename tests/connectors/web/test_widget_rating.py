"""Thumbs under answers."""

from playwright.sync_api import Browser, Locator, expect

from tests.connectors.web.browser import Visitor, visitor
from tests.connectors.web.running import RunningServer, wait_until


def thumb(person: Visitor, name: str, place: int = -1) -> Locator:
    return person.page.get_by_role("button", name=name, exact=True).nth(place)


def payloads(server: RunningServer) -> list[str]:
    conversation = list(server.gateway.conversations.values())[-1]
    return [incoming.payload for incoming in conversation.received if incoming.payload]


def seqs(server: RunningServer) -> list[int]:
    return [m.seq for m in list(server.gateway.conversations.values())[-1].messages]


def asked(server: RunningServer, someone: Visitor, *texts: str) -> None:
    someone.open(server.url)
    for text in texts:
        someone.say(text)
        someone.hears(f"You said: {text}")


def test_a_thumb_up_is_sent_and_nothing_is_said(server: RunningServer, someone: Visitor) -> None:
    asked(server, someone, "hello")
    before = someone.bubbles()
    up = thumb(someone, "Helpful answer", 0)
    up.click()
    expect(up).to_have_attribute("aria-pressed", "true")
    wait_until(lambda: payloads(server) == [f"rate:up:{seqs(server)[0]}"])
    assert someone.bubbles() == before
    assert someone.focused() == "Helpful answer"


def test_a_thumb_down_asks_and_leaves_the_buttons_usable(server: RunningServer, someone: Visitor) -> None:
    someone.open(server.url)
    someone.say("regions")
    someone.hears("Five regions take part:")
    thumb(someone, "Unhelpful answer").click()
    someone.hears("What did you miss?")
    assert someone.bubbles()[-2:] == ["Five regions take part:\n\nHebei\nShaanxi", "What did you miss?"]
    assert someone.choices.all_inner_texts() == ["Hebei", "Shaanxi", "Hebei"]
    someone.choices.nth(1).click()
    someone.hears("You said: region:shaanxi")


def test_what_is_said_to_a_thumb_comes_into_sight(server: RunningServer, someone: Visitor) -> None:
    asked(server, someone, "one", ("a long story " * 60).strip())
    thumb(someone, "Unhelpful answer", 0).click()
    expect(someone.page.locator(".line").last).to_contain_text("What did you miss?")
    expect(someone.page.locator(".line").last).to_be_in_viewport(ratio=1)


def test_each_answer_has_its_own_and_one_may_change_ones_mind(server: RunningServer, someone: Visitor) -> None:
    asked(server, someone, "one", "two")
    thumb(someone, "Unhelpful answer", 0).click()
    someone.hears("What did you miss?")
    thumb(someone, "Helpful answer", 0).click()
    expect(thumb(someone, "Helpful answer", 0)).to_have_attribute("aria-pressed", "true")
    expect(thumb(someone, "Unhelpful answer", 0)).to_have_attribute("aria-pressed", "false")
    expect(thumb(someone, "Helpful answer", 1)).to_have_attribute("aria-pressed", "false")
    first = seqs(server)[0]
    wait_until(lambda: payloads(server) == [f"rate:down:{first}", f"rate:up:{first}"])
    assert someone.page.get_by_role("group", name="Rate this answer").count() == 2


def test_a_rating_outlives_a_reload(server: RunningServer, someone: Visitor) -> None:
    asked(server, someone, "hello")
    thumb(someone, "Helpful answer").click()
    wait_until(lambda: payloads(server) != [])
    someone.page.reload()
    someone.launcher.click()
    expect(thumb(someone, "Helpful answer")).to_have_attribute("aria-pressed", "true")


def test_a_rating_outlives_a_page_that_is_left_before_the_answer(server: RunningServer, someone: Visitor) -> None:
    asked(server, someone, "hello")
    someone.page.route("**/messages", lambda route: None)
    thumb(someone, "Helpful answer").click()
    expect(thumb(someone, "Helpful answer")).to_have_attribute("aria-pressed", "true")
    someone.page.reload()
    someone.launcher.click()
    expect(thumb(someone, "Helpful answer")).to_have_attribute("aria-pressed", "true")


def test_a_rating_that_does_not_arrive_is_taken_back(server: RunningServer, someone: Visitor) -> None:
    asked(server, someone, "hello")
    someone.box.fill("half a thought")
    someone.page.route("**/messages", lambda route: route.abort())
    thumb(someone, "Unhelpful answer").click()
    expect(someone.status).to_contain_text("That did not work")
    expect(thumb(someone, "Unhelpful answer")).to_have_attribute("aria-pressed", "false")
    assert someone.box.input_value() == "half a thought"
    someone.page.unroute_all()
    thumb(someone, "Unhelpful answer").click()
    someone.hears("What did you miss?")


def test_with_a_coordinator_there_are_none(server: RunningServer, someone: Visitor) -> None:
    asked(server, someone, "hello")
    name = list(server.gateway.conversations)[-1]
    server.call(server.gateway.push, name, "Lien has joined", "coordinator")
    someone.hears("Lien has joined")
    expect(someone.page.locator(".rating")).to_be_hidden()
    server.call(server.gateway.push, name, "Lien has left", "assistant")
    someone.hears("Lien has left")
    expect(someone.page.locator(".rating")).to_be_visible()


def test_answers_of_an_earlier_conversation_are_not_rated(server: RunningServer, someone: Visitor) -> None:
    asked(server, someone, "one")
    server.gateway.conversations.clear()
    someone.say("two")
    someone.hears("You said: two")
    assert someone.page.locator(".rating:visible").count() == 1


def test_the_names_follow_the_language(server: RunningServer, chromium: Browser) -> None:
    for locale, names in {
        "nl": ["Nuttig antwoord", "Geen nuttig antwoord"],
        "zh-CN": ["回答有帮助", "回答没有帮助"],
        "zh-TW": ["回答有幫助", "回答沒有幫助"],
    }.items():
        with visitor(chromium, locale=locale) as person:
            asked(server, person, "hello")
            found = [t.get_attribute("aria-label") for t in person.page.locator(".thumb").all()]
            assert found == names
