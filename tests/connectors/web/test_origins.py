from collections.abc import Callable

import httpx
import pytest

from tests.connectors.web.running import RunningServer

A, B = "https://a.example", "https://b.example"
Serve = Callable[..., RunningServer]


def preflight(server: RunningServer, origin: str) -> httpx.Response:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    return httpx.options(f"{server.url}/api/conversations/c1/messages", headers=headers)


def open_from(server: RunningServer, origin: str) -> httpx.Response:
    return httpx.post(f"{server.url}/api/conversations", headers={"Origin": origin})


@pytest.mark.parametrize("setting", [A, f"{A}/", f"https://c.example, {A}", "*"])
def test_an_allowed_site_may_call(serve: Serve, setting: str) -> None:
    server = serve(allowed_origins=setting)
    before = preflight(server, A)
    assert before.status_code == 200
    assert before.headers["access-control-allow-origin"] in {A, "*"}
    assert "authorization" in before.headers["access-control-allow-headers"].lower()
    answer = open_from(server, A)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] in {A, "*"}
    assert "Retry-After" in answer.headers["access-control-expose-headers"]


def test_another_site_may_not(serve: Serve) -> None:
    server = serve(allowed_origins=A)
    for response in (open_from(server, B), preflight(server, B), open_from(server, "null")):
        assert response.status_code == 403
        assert response.json()["error"]["code"] == "forbidden_origin"
        assert "access-control-allow-origin" not in response.headers


def test_an_allowed_site_can_read_errors(serve: Serve) -> None:
    server = serve(allowed_origins=A)
    url = f"{server.url}/api/conversations"
    for response in (
        httpx.get(f"{url}/none/messages", headers={"Origin": A}),
        httpx.post(url, headers={"Origin": A, "Content-Type": "text/plain"}, content="x"),
    ):
        assert response.status_code in {404, 415}
        assert response.headers["access-control-allow-origin"] == A


def test_the_servers_own_page_is_always_allowed(serve: Serve) -> None:
    server = serve(allowed_origins=A, public_url="https://chat.example/")
    assert open_from(server, server.url).status_code == 200
    assert open_from(server, "https://chat.example").status_code == 200


def test_without_an_origin_nobody_is_asked(serve: Serve) -> None:
    assert httpx.post(f"{serve(allowed_origins=A).url}/api/conversations").status_code == 200
