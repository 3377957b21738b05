from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.connectors.web.browser import Visitor, launch, visitor
from tests.connectors.web.fake_gateway import FakeGateway
from tests.connectors.web.running import RunningServer


@pytest.fixture
def serve() -> Iterator[Callable[..., RunningServer]]:
    """Start servers with settings; all are stopped at the end."""
    running: list[RunningServer] = []

    def start(**settings: Any) -> RunningServer:
        running.append(RunningServer(FakeGateway(), **settings).start())
        return running[-1]

    yield start
    for server in running:
        if server.thread.is_alive():
            server.stop()


@pytest.fixture(scope="module")
def shared() -> Iterator[RunningServer]:
    running = RunningServer(FakeGateway(), rate_limit="off").start()
    yield running
    running.stop()


@pytest.fixture
def server(shared: RunningServer) -> RunningServer:
    """A server without limits that a module's tests share; each opens conversations of its own."""
    shared.parts = {"database": True, "interpreter": True}
    return shared


@pytest.fixture
def http(server: RunningServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for one module: while Playwright runs, no other event loop can."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def someone(chromium: Browser) -> Iterator[Visitor]:
    """A visitor at a desk who reads English."""
    with visitor(chromium) as visiting:
        yield visiting
