"""The route that takes files, and how the widget uses it."""

import json
from collections.abc import Callable, Iterator
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Browser, expect

from bot.filetypes import MAX_FILE
from tests.connectors.web.browser import Visitor, visitor
from tests.connectors.web.running import RunningServer
from tests.connectors.web.test_api import assert_error, opened, received
from tests.connectors.web.test_widget_access import LOOKS, assert_accessible
from tests.files import EXECUTABLE, PDF, PNG

NAME = "Offerte d'été (2) 方案.pdf"


def named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}


def test_a_file_reaches_the_gateway_as_it_is_and_once(server: RunningServer, http: httpx.Client) -> None:
    path, auth = opened(http)
    for _ in range(2):
        answer = http.post(f"{path}/files?client_id=f1", content=PDF, headers=auth | named(NAME)).raise_for_status()
        assert answer.json()["messages"][0]["text"] == f"Kept {NAME}"
    (incoming,) = received(server, path)
    assert (incoming.channel, incoming.kind) == ("web", "attachment")
    assert incoming.file is not None
    assert (incoming.file.name, incoming.file.content) == (NAME, PDF)


def test_a_file_needs_the_token(http: httpx.Client) -> None:
    path, _ = opened(http)
    assert_error(http.post(f"{path}/files", content=PDF, headers=named("a.pdf")), 401)


def test_a_program_in_disguise_is_refused_in_the_language_of_the_person(http: httpx.Client) -> None:
    path, auth = opened(http)
    headers = auth | named("offer.pdf") | {"Accept-Language": "nl"}
    error = assert_error(http.post(f"{path}/files", content=EXECUTABLE, headers=headers), 415)
    assert error["code"] == "file_type"
    assert "dit soort bestand" in error["message"]


def test_a_file_may_have_ten_megabytes(http: httpx.Client) -> None:
    path, auth = opened(http)
    most = PDF.ljust(MAX_FILE)
    http.post(f"{path}/files", content=most, headers=auth | named("a.pdf")).raise_for_status()

    def streamed() -> Iterator[bytes]:
        yield most
        yield b"x"

    for too_much in (most + b"x", streamed()):
        answer = http.post(f"{path}/files", content=too_much, headers=auth | named("a.pdf"))
        assert assert_error(answer, 413)["code"] == "file_too_large"


def test_an_empty_file_and_a_long_client_id(http: httpx.Client) -> None:
    path, auth = opened(http)
    assert assert_error(http.post(f"{path}/files", headers=auth | named("a.pdf")), 422)["code"] == "file_empty"
    assert_error(http.post(f"{path}/files?client_id={'x' * 129}", content=PDF, headers=auth), 422)


def test_another_body_keeps_its_smaller_limit(http: httpx.Client) -> None:
    path, auth = opened(http)
    body = json.dumps({"text": "x" * 70_000})
    headers = auth | {"Content-Type": "application/json"}
    assert assert_error(http.post(f"{path}/messages", content=body, headers=headers), 413)["code"] == "too_long"


def test_files_are_limited_by_the_hour(serve: Callable[..., RunningServer]) -> None:
    with httpx.Client(base_url=serve(rate_limit="on").url) as http:
        path, auth = opened(http)
        answers = [http.post(f"{path}/files", content=PDF, headers=auth) for _ in range(31)]
    assert [a.status_code for a in answers] == [200] * 30 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 60


def picks(person: Visitor, *files: tuple[str, bytes]) -> None:
    with person.page.expect_file_chooser() as chooser:
        person.page.get_by_role("button", name="Send a file").click()
    chooser.value.set_files([{"name": n, "mimeType": "application/octet-stream", "buffer": c} for n, c in files])


def test_the_paper_clip_sends_files_in_their_turn(server: RunningServer, someone: Visitor) -> None:
    someone.open(server.url)
    picks(someone, (NAME, PDF), ("foto.png", PNG))
    someone.hears("Kept foto.png")
    someone.say("hello")
    someone.hears("You said: hello")
    sent = [f"📎 {NAME}", f"Kept {NAME}", "📎 foto.png", "Kept foto.png"]
    assert sorted(someone.bubbles()[:4]) == sorted(sent)
    expect(someone.status).to_have_text("")
    expect(someone.page.locator("progress")).to_be_hidden()
    someone.page.reload()
    someone.launcher.click()
    someone.hears("Kept foto.png")


def test_the_paper_clip_goes_by_keyboard(server: RunningServer, someone: Visitor) -> None:
    someone.open(server.url)
    someone.page.keyboard.press("Shift+Tab")
    assert someone.focused() == "Send a file"
    with someone.page.expect_file_chooser() as chooser:
        someone.page.keyboard.press("Enter")
    assert chooser.value.is_multiple()
    assert ".docx" in str(someone.page.locator("input[type=file]").get_attribute("accept"))


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("offer.pdf", EXECUTABLE, "PDFs, images and office documents"),
        ("film.pdf", PDF.ljust(MAX_FILE + 1), "up to 10 MB"),
        ("empty.pdf", b"", "empty"),
    ],
)
def test_what_is_refused_is_said_and_leaves_the_log(
    server: RunningServer, someone: Visitor, name: str, content: bytes, told: str
) -> None:
    someone.open(server.url)
    picks(someone, (name, content))
    expect(someone.status).to_contain_text(told)
    someone.say("hello")
    someone.hears("You said: hello")
    assert someone.bubbles() == ["hello", "You said: hello"]


@pytest.mark.parametrize("look", LOOKS)
def test_a_file_on_its_way_stands_in_nobodys_way(server: RunningServer, chromium: Browser, look: str) -> None:
    with visitor(chromium, reduced_motion="reduce", **LOOKS[look]) as person:
        person.open(server.url)
        person.page.route("**/files?*", lambda route: None)
        picks(person, ("brochure.pdf", PDF))
        expect(person.status).to_contain_text("brochure.pdf")
        expect(person.page.locator("progress")).to_be_visible()
        assert_accessible(person)
        person.page.unroute_all()
