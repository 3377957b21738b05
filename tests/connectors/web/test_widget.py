import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, expect

from tests.connectors.web.browser import PHONE, Visitor, visitor
from tests.connectors.web.running import RunningServer, wait_until


def test_a_first_look_costs_no_conversation(server: RunningServer, someone: Visitor) -> None:
    known = len(server.gateway.conversations)
    someone.open(server.url)
    someone.hears("What is I²PCC?")
    assert someone.choices.all_inner_texts() == ["What is I²PCC?", "Which regions take part?", "Submit a proposal"]
    expect(someone.panel.get_by_text("Automated assistant", exact=True)).to_be_visible()
    assert len(server.gateway.conversations) == known
    assert not [url for url in someone.requests if "/api/conversations" in url]


def test_a_question_is_answered_with_sources_and_buttons(server: RunningServer, someone: Visitor) -> None:
    someone.open(server.url)
    someone.say("regions")
    someone.hears("Five regions take part:")
    someone.page.get_by_text("Sources (2)").click()
    source = someone.page.get_by_role("link", name="Project page (en)")
    expect(source).to_have_attribute("href", "https://cleantechflanders.com/")
    expect(source).to_have_attribute("rel", "noopener noreferrer")
    assert someone.choices.all_inner_texts() == ["Hebei", "Shaanxi"]
    someone.choices.first.click()
    someone.hears("You said: region:hebei")
    assert someone.bubbles()[2:] == ["Hebei", "You said: region:hebei"]
    assert someone.choices.count() == 0
    assert someone.page.locator("button.choice:disabled").count() == 5


def test_everything_goes_by_keyboard(server: RunningServer, someone: Visitor) -> None:
    someone.visit(server.url)
    press = someone.page.keyboard.press
    for _ in range(5):
        press("Tab")
    assert someone.focused() == "Open the chat"
    press("Enter")
    assert someone.focused() == "Your message"
    someone.page.keyboard.type("regions")
    press("Enter")
    someone.hears("Five regions take part:")
    while someone.focused() != "Hebei":
        press("Shift+Tab")
    press("Enter")
    someone.hears("You said: region:hebei")
    followed = []
    while someone.focused() != "Your message":
        press("Tab")
        followed.append(someone.focused())
    assert followed == ["Helpful answer", "Unhelpful answer", "Send a file", "Your message"]
    press("Escape")
    expect(someone.panel).to_be_hidden()
    assert someone.focused() == "Open the chat"


def test_a_menu_opens_and_escape_leaves_it_first(server: RunningServer, someone: Visitor) -> None:
    someone.open(server.url)
    someone.page.get_by_role("button", name="Language").press("Enter")
    assert someone.focused() == "Nederlands"
    someone.page.keyboard.press("Escape")
    assert someone.focused() == "Language"
    expect(someone.panel).to_be_visible()


def test_shift_enter_makes_a_line_and_the_box_grows(server: RunningServer, someone: Visitor) -> None:
    someone.open(server.url)
    someone.box.focus()
    height = someone.box.bounding_box()["height"]
    someone.page.keyboard.type("one")
    someone.page.keyboard.press("Shift+Enter")
    someone.page.keyboard.type("two")
    assert someone.box.bounding_box()["height"] > height
    someone.page.keyboard.press("Enter")
    wait_until(lambda: someone.bubbles() == ["one\ntwo", "You said: one\ntwo"])
    assert someone.box.bounding_box()["height"] == height


def test_enter_that_picks_a_chinese_word_sends_nothing(server: RunningServer, chromium: Browser) -> None:
    with visitor(chromium, locale="zh-CN") as person:
        person.open(server.url)
        person.box.focus()
        keys = person.page.context.new_cdp_session(person.page)
        keys.send("Input.imeSetComposition", {"text": "shui", "selectionStart": 4, "selectionEnd": 4})
        enter = {"type": "rawKeyDown", "key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229}
        keys.send("Input.dispatchKeyEvent", enter)
        person.box.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
        person.box.dispatch_event("keydown", {"key": "Enter", "keyCode": 229, "bubbles": True})
        keys.send("Input.insertText", {"text": "水处理"})
        assert person.bubbles() == []
        assert person.box.input_value() == "水处理"
        person.page.keyboard.press("Enter")
        person.hears("You said: 水处理")


@pytest.mark.parametrize(
    ("locale", "title", "starter"),
    [
        ("nl-BE", "Typ uw bericht…", "Een voorstel indienen"),
        ("zh-CN", "请输入消息…", "登记需求"),
        ("zh-TW", "請輸入消息…", "登記需求"),
        ("fr-BE", "Type your message…", "Submit a proposal"),
    ],
)
def test_the_visitors_language(server: RunningServer, chromium: Browser, locale: str, title: str, starter: str) -> None:
    with visitor(chromium, locale=locale) as person:
        person.open(server.url)
        expect(person.box).to_have_attribute("placeholder", title)
        assert person.choices.all_inner_texts()[2] == starter


def test_the_hint_opens_the_conversation_and_a_reply_switches(server: RunningServer, chromium: Browser) -> None:
    with visitor(chromium, locale="nl") as person:
        person.open(server.url)
        person.say("hallo")
        person.hears("You said: hallo")
        assert list(server.gateway.conversations.values())[-1].language == "nl"
        person.page.get_by_role("button", name="Taal").click()
        person.page.get_by_role("button", name="简体中文").click()
        person.hears("language zh-Hans")
        expect(person.box).to_have_attribute("placeholder", "请输入消息…")
        assert person.bubbles() == ["hallo", "You said: hallo", "简体中文", "language zh-Hans"]


def test_choosing_a_language_first_costs_no_conversation(server: RunningServer, someone: Visitor) -> None:
    someone.open(server.url)
    someone.page.get_by_role("button", name="Language").click()
    someone.page.get_by_role("button", name="Nederlands").click()
    expect(someone.box).to_have_attribute("placeholder", "Typ uw bericht…")
    assert not [url for url in someone.requests if "/api/conversations" in url]


def test_markup_stays_text_and_addresses_become_links(server: RunningServer, someone: Visitor) -> None:
    someone.open(server.url)
    someone.say("<img src=x onerror=alert(1)> https://a.example/x?y=1. javascript:alert(1)")
    link = someone.page.locator(".assistant a")
    expect(link).to_have_attribute("href", "https://a.example/x?y=1")
    assert someone.page.locator("i2pcc-chat img").count() == 0
    assert link.count() == 1


def test_long_words_wrap_on_a_small_phone(server: RunningServer, chromium: Browser) -> None:
    with visitor(chromium, viewport=PHONE, has_touch=True, reduced_motion="reduce") as person:
        person.open(server.url)
        box = person.panel.bounding_box()
        assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 320, 640)
        person.say("https://a.example/" + "w" * 300)
        person.page.locator(".assistant a").wait_for()
        widths = person.page.locator(".scroll").evaluate("e => [e.scrollWidth, e.clientWidth]")
        assert widths[0] <= widths[1]


def test_the_length_is_counted_near_the_limit_alone(server: RunningServer, someone: Visitor) -> None:
    someone.open(server.url)
    someone.box.fill("a" * 3000)
    counter = someone.page.locator(".counter")
    assert counter.inner_text() == ""
    someone.box.fill("水" * 3990)
    assert counter.inner_text() == "10 characters left"
    someone.box.fill("a" * 4005)
    assert counter.inner_text() == "5 characters too many"
    someone.page.keyboard.press("Enter")
    assert someone.box.input_value() == "a" * 4005
    expect(someone.status).to_contain_text("too long")


def test_a_coordinator_joins_and_an_unread_message_is_counted(server: RunningServer, someone: Visitor) -> None:
    someone.open(server.url)
    someone.say("hello")
    someone.hears("You said: hello")
    someone.page.keyboard.press("Escape")
    name = list(server.gateway.conversations)[-1]
    wait_until(lambda: server.gateway.listeners[name])
    server.call(server.gateway.push, name, "Good morning, An speaking", "coordinator")
    expect(someone.launcher).to_have_accessible_name("Open the chat, new messages: 1")
    someone.launcher.click()
    expect(someone.panel.get_by_text("A coordinator is in this conversation")).to_be_visible()
    expect(someone.page.locator(".colleague")).to_contain_text("Coordinator: Good morning, An speaking")
    someone.page.keyboard.press("Escape")
    expect(someone.launcher).to_have_accessible_name("Open the chat")


def test_ones_own_data_comes_as_a_file(server: RunningServer, someone: Visitor) -> None:
    someone.open(server.url)
    someone.say("hello")
    someone.hears("You said: hello")
    someone.page.get_by_role("button", name="More options").click()
    with someone.page.expect_download() as download:
        someone.page.get_by_role("button", name="Download my data").click()
    assert json.loads(download.value.path().read_text()) == {"received": ["hello"]}
    assert download.value.suggested_filename == "my__data_.json"


def test_deleted_data_is_gone_from_the_browser_too(server: RunningServer, someone: Visitor) -> None:
    someone.open(server.url)
    someone.say("my secret plan")
    someone.hears("You said: my secret plan")
    someone.page.get_by_role("button", name="More options").click()
    someone.page.get_by_role("button", name="Delete my data").click()
    someone.hears("Sure?")
    assert "secret" in someone.page.evaluate("JSON.stringify(localStorage)")
    someone.page.get_by_role("button", name="Yes, delete").click()
    expect(someone.status).to_contain_text("was deleted")
    assert someone.bubbles() == ["Deleted."]
    assert someone.page.evaluate("localStorage.length") == 0
    someone.say("a new start")
    someone.hears("You said: a new start")
    assert someone.bubbles() == ["Deleted.", "a new start", "You said: a new start"]


def test_no_request_leaves_for_another_host(server: RunningServer, someone: Visitor) -> None:
    someone.open(server.url)
    someone.say("regions")
    someone.hears("Five regions take part:")
    someone.page.get_by_text("Sources (2)").click()
    assert someone.hosts() == {f"127.0.0.1:{server.port}"}


def test_the_script_is_small(server: RunningServer, someone: Visitor) -> None:
    sizes = []
    someone.page.on("requestfinished", lambda request: sizes.append((request.url, request.sizes()["responseBodySize"])))
    someone.open(server.url)
    wait_until(lambda: len([url for url, _ in sizes if url.endswith(".js")]) == 9)
    assert sum(size for url, size in sizes if url.endswith(".js")) < 30_000


class OtherSite(BaseHTTPRequestHandler):
    """A page of somebody else, whose style would hide and paint everything."""

    script = ""

    def do_GET(self) -> None:
        page = f"""<!doctype html><html lang="nl"><title>Elsewhere</title><main>Text</main>
            <style>div, p, button {{ display: none; color: red }}</style>
            <script src="{self.script}" data-title="Ons loket" data-open async></script></html>"""
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *args: object) -> None:
        """Keep the test's output clean."""


def test_it_can_be_embedded_in_another_site(server: RunningServer, someone: Visitor) -> None:
    handler = type("Site", (OtherSite,), {"script": f"{server.url}/widget.js"})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        other = f"127.0.0.1:{site.server_port}"
        someone.page.goto(f"http://{other}/")
        someone.panel.wait_for()
        expect(someone.panel).to_have_accessible_name("Ons loket")
        someone.say("hallo")
        someone.hears("You said: hallo")
        assert someone.hosts() == {other, f"127.0.0.1:{server.port}"}
        site.shutdown()


def test_the_way_on_stands_out_and_what_is_ticked_is_marked(server: RunningServer, someone: Visitor) -> None:
    someone.open(server.url)
    someone.say("choose")
    someone.hears("Which ones?")
    looks = someone.choices.evaluate_all("nodes => nodes.map(n => getComputedStyle(n).backgroundColor)")
    done, ticked, plain, back = looks
    assert len({done, ticked, plain}) == 3
    assert back == plain
