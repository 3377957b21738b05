"""A visitor in Chromium."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, Playwright, Request, expect

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 60_000
"""Milliseconds; a machine with other work to do may take several seconds for a click."""
PHONE = {"width": 320, "height": 640}


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)


class Visitor:
    """One page with the widget and what is done in it. Fails on script errors and requests to other hosts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.requests: list[str] = []
        # A listener that comes with the press itself may come after the chooser.
        page.on("filechooser", lambda chooser: None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("websocket", lambda socket: self.requests.append(socket.url))

    @property
    def launcher(self) -> Locator:
        return self.page.locator(".launcher")

    @property
    def panel(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def box(self) -> Locator:
        return self.page.locator("i2pcc-chat textarea")

    @property
    def choices(self) -> Locator:
        return self.page.locator("button.choice:enabled")

    @property
    def status(self) -> Locator:
        return self.page.get_by_role("status")

    def visit(self, url: str) -> None:
        self.page.goto(url)
        self.launcher.wait_for()

    def open(self, url: str) -> None:
        self.visit(url)
        self.launcher.click()
        self.panel.wait_for()

    def say(self, text: str) -> None:
        self.box.fill(text)
        self.page.keyboard.press("Enter")

    def hears(self, text: str) -> None:
        self.page.get_by_role("log").get_by_text(text, exact=True).wait_for()

    def sent_bodies(self) -> list[dict[str, Any]]:
        """What is sent as a message from now on; the list grows."""
        bodies: list[dict[str, Any]] = []

        def note(request: Request) -> None:
            if request.method == "POST" and request.url.endswith("/messages"):
                bodies.append(json.loads(request.post_data or ""))

        self.page.on("request", note)
        return bodies

    def bubbles(self) -> list[str]:
        """The texts of the log in their order, without the welcome."""
        return self.page.locator(".line .bubble").all_inner_texts()[1:]

    def focused(self) -> str:
        """What has the focus: its accessible name or its text."""
        script = """() => {
            let e = document.activeElement;
            while (e.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
            return e.getAttribute("aria-label") || e.textContent;
        }"""
        return str(self.page.evaluate(script))

    def hosts(self) -> set[str]:
        return {urlsplit(url).netloc for url in self.requests if not url.startswith(("data:", "blob:"))}


@contextmanager
def visitor(browser: Browser, **context: Any) -> Iterator[Visitor]:
    """A visitor with a browser profile of their own."""
    own = browser.new_context(**{"locale": "en", "viewport": {"width": 1200, "height": 800}, **context})
    own.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    someone = Visitor(own.new_page())
    try:
        yield someone
        assert someone.errors == []
    finally:
        own.close()
