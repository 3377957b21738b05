"""The widget and its page under axe: every language, light, dark and phone, closed and open."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.connectors.web.browser import PHONE, Visitor, visitor
from tests.connectors.web.running import RunningServer

LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"color_scheme": "light", "viewport": PHONE, "has_touch": True},
}


def assert_accessible(person: Visitor) -> None:
    results = Axe().run(person.page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("locale", ["en", "nl", "zh-CN", "zh-TW"])
def test_nothing_stands_in_anyones_way(server: RunningServer, chromium: Browser, locale: str, look: str) -> None:
    with visitor(chromium, locale=locale, reduced_motion="reduce", **LOOKS[look]) as person:
        person.visit(server.url)
        assert_accessible(person)
        person.launcher.click()
        person.panel.wait_for()
        assert_accessible(person)
        person.say("regions")
        person.hears("Five regions take part:")
        person.page.locator("summary").click()
        assert_accessible(person)
        person.page.locator(".thumb.down").first.click()
        person.hears("What did you miss?")
        assert_accessible(person)
        person.choices.first.click()
        person.hears("You said: region:hebei")
        person.box.fill("x" * 4001)
        person.page.locator("[aria-controls=actions]").click()
        assert_accessible(person)


def test_a_screen_reader_hears_who_speaks(server: RunningServer, someone: Visitor) -> None:
    someone.open(server.url)
    someone.say("hello")
    someone.hears("You said: hello")
    snapshot = someone.page.get_by_role("log").aria_snapshot()
    assert snapshot.startswith('- log "Conversation"')
    assert "You:" in snapshot
    assert "Assistant:" in snapshot


def test_reduced_motion_stills_everything(server: RunningServer, chromium: Browser) -> None:
    with visitor(chromium, reduced_motion="reduce") as person:
        person.open(server.url)
        assert person.panel.evaluate("e => getComputedStyle(e).animationName") == "none"
