import logging
from collections.abc import Callable

import httpx
import pytest

from bot.ports import PAGE, Incoming
from connectors.web import api, ratelimits
from tests.connectors.web.fake_gateway import PRIVATE
from tests.connectors.web.running import RunningServer


def opened(http: httpx.Client, **body: object) -> tuple[str, dict[str, str]]:
    answer = http.post("/api/conversations", json=body).raise_for_status().json()
    assert set(answer) == {"id", "token"}
    return f"/api/conversations/{answer['id']}", {"Authorization": f"Bearer {answer['token']}"}


def received(server: RunningServer, path: str) -> list[Incoming]:
    return server.gateway.conversations[path.rsplit("/", 1)[1]].received


def assert_error(response: httpx.Response, status: int) -> dict[str, str]:
    assert response.status_code == status
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    assert body["error"]["code"]
    assert body["error"]["message"]
    return body["error"]


def test_a_text_gets_the_reply_of_the_contract(http: httpx.Client) -> None:
    path, auth = opened(http, language="nl")
    reply = http.post(f"{path}/messages", json={"text": "regions"}, headers=auth).raise_for_status().json()
    assert set(reply) == {"messages", "language", "awaiting", "owner", "reference"}
    (message,) = reply["messages"]
    assert set(message) == {"seq", "kind", "text", "buttons", "topics", "sources"}
    assert message["buttons"][0] == {"title": "Hebei", "payload": "region:hebei"}
    assert message["sources"] == ["S1", "S2"]
    assert reply["language"] == "nl"
    assert reply["owner"] == "assistant"


def test_a_pressed_button_reaches_the_gateway_as_a_payload(server: RunningServer, http: httpx.Client) -> None:
    path, auth = opened(http)
    http.post(f"{path}/messages", json={"payload": "region:hebei"}, headers=auth).raise_for_status()
    (incoming,) = received(server, path)
    assert (incoming.channel, incoming.kind) == ("web", "payload")
    assert incoming.address == path.rsplit("/", 1)[1]
    assert (incoming.text, incoming.payload) == ("", "region:hebei")


def test_a_repeated_client_id_gets_the_first_answer_again(server: RunningServer, http: httpx.Client) -> None:
    path, auth = opened(http)
    body = {"text": "hello", "client_id": "a1"}
    first = http.post(f"{path}/messages", json=body, headers=auth).json()
    assert http.post(f"{path}/messages", json=body, headers=auth).json() == first
    assert len(received(server, path)) == 1


@pytest.mark.parametrize("again", [None, False, True])
def test_a_second_try_is_known_as_one(server: RunningServer, http: httpx.Client, again: bool | None) -> None:
    path, auth = opened(http)
    body = {"text": "hello", "client_id": "a1"} | ({} if again is None else {"again": again})
    http.post(f"{path}/messages", json=body, headers=auth).raise_for_status()
    (incoming,) = received(server, path)
    assert incoming.again is bool(again)


def test_the_same_client_id_in_another_conversation_is_another_message(http: httpx.Client) -> None:
    replies = []
    for text in ("one", "two"):
        path, auth = opened(http)
        body = {"text": text, "client_id": "same"}
        replies.append(http.post(f"{path}/messages", json=body, headers=auth).json())
    assert [r["messages"][0]["text"] for r in replies] == ["You said: one", "You said: two"]


def test_without_client_id_equal_texts_are_two_messages(server: RunningServer, http: httpx.Client) -> None:
    path, auth = opened(http)
    for _ in range(2):
        http.post(f"{path}/messages", json={"text": "hello"}, headers=auth).raise_for_status()
    assert len(received(server, path)) == 2


def test_messages_resume_after_a_cursor(http: httpx.Client) -> None:
    path, auth = opened(http)
    seqs = [http.post(f"{path}/messages", json={"text": t}, headers=auth).json()["messages"][0]["seq"] for t in "ab"]
    rest = http.get(f"{path}/messages", params={"after": seqs[0]}, headers=auth).json()
    assert [m["seq"] for m in rest["messages"]] == [seqs[1]]
    everything = http.get(f"{path}/messages", headers=auth).json()
    assert [m["seq"] for m in everything["messages"]] == seqs


def test_a_long_conversation_is_read_in_pages(server: RunningServer, http: httpx.Client) -> None:
    path, auth = opened(http)
    name = path.rpartition("/")[2]
    for number in range(2 * PAGE + 1):
        server.call(server.gateway.push, name, str(number))
    seen, after, pages = [], 0, 0
    while True:
        page = http.get(f"{path}/messages", params={"after": after}, headers=auth).json()
        assert len(page["messages"]) <= PAGE
        seen += [message["text"] for message in page["messages"]]
        after, pages = page["messages"][-1]["seq"], pages + 1
        if "more" not in page:
            break
        assert page["more"] is True
    assert (seen, pages) == ([str(number) for number in range(2 * PAGE + 1)], 3)


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "", "9" * 30, "１"])
def test_a_bad_cursor_is_told(http: httpx.Client, after: str) -> None:
    path, auth = opened(http)
    assert_error(http.get(f"{path}/messages", params={"after": after}, headers=auth), 422)


@pytest.mark.parametrize(
    ("hint", "language"),
    [
        ("nl", "nl"),
        ("nl-BE", "nl"),
        ("en-US", "en"),
        ("zh", "zh-Hans"),
        ("zh-Hans", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh-Hant", "zh-Hant"),
        ("zh-TW", "zh-Hant"),
        ("zh-hk", "zh-Hant"),
        ("fr", "en"),
        ("", "en"),
    ],
)
def test_language_hints(http: httpx.Client, hint: str, language: str) -> None:
    path, auth = opened(http, language=hint)
    assert http.get(f"{path}/messages", headers=auth).json()["language"] == language


def test_a_conversation_opens_without_a_body(http: httpx.Client) -> None:
    assert set(http.post("/api/conversations").json()) == {"id", "token"}


@pytest.mark.parametrize("body", [{"language": 5}, ["nl"], "nl"])
def test_a_hint_that_is_no_text_is_told(http: httpx.Client, body: object) -> None:
    assert_error(http.post("/api/conversations", json=body), 422)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": " \n\t　"},
        {"text": "\x00"},
        {"payload": ""},
        {"text": "a", "payload": "b"},
        {"text": 5},
        {"text": None},
        {"payload": "x" * 257},
        {"text": "a", "client_id": 7},
        {"text": "a", "client_id": ""},
        {"text": "a", "client_id": "x" * 129},
        ["text"],
        None,
    ],
)
def test_a_message_of_the_wrong_shape_is_told(server: RunningServer, http: httpx.Client, body: object) -> None:
    path, auth = opened(http)
    assert_error(http.post(f"{path}/messages", json=body, headers=auth), 422)
    assert not received(server, path)


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[" * 60_000, b"{'text': 'a'}"])
def test_what_is_no_json_is_told(http: httpx.Client, content: bytes) -> None:
    path, auth = opened(http)
    headers = {**auth, "Content-Type": "application/json"}
    assert_error(http.post(f"{path}/messages", content=content, headers=headers), 422)


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_media_type_is_told(http: httpx.Client, media_type: str) -> None:
    path, auth = opened(http)
    headers = {**auth, "Content-Type": media_type}
    assert_error(http.post(f"{path}/messages", content=b'{"text": "a"}', headers=headers), 415)


def test_a_charset_in_the_media_type_is_fine(http: httpx.Client) -> None:
    path, auth = opened(http)
    headers = {**auth, "Content-Type": "application/json; charset=utf-8"}
    assert http.post(f"{path}/messages", content=b'{"text": "a"}', headers=headers).status_code == 200


def test_half_a_character_is_left_out(server: RunningServer, http: httpx.Client) -> None:
    path, auth = opened(http)
    headers = {**auth, "Content-Type": "application/json"}
    content = b'{"text": "wind \\ud83d energy\\u0000"}'
    assert http.post(f"{path}/messages", content=content, headers=headers).status_code == 200
    assert received(server, path)[0].text == "wind  energy"


def test_a_text_of_just_the_longest_length_passes(http: httpx.Client) -> None:
    path, auth = opened(http)
    assert http.post(f"{path}/messages", json={"text": "水" * 4000}, headers=auth).status_code == 200
    error = assert_error(http.post(f"{path}/messages", json={"text": "a" * 4001}, headers=auth), 413)
    assert "shorten" in error["message"]


def test_the_longest_text_of_escaped_emojis_fits_the_body(http: httpx.Client) -> None:
    path, auth = opened(http)
    assert http.post(f"{path}/messages", json={"text": "🌱" * 4000}, headers=auth).status_code == 200


@pytest.mark.parametrize("size", [65 * 1024, 3_000_000])
def test_a_large_body_is_refused(http: httpx.Client, size: int) -> None:
    path, auth = opened(http)
    assert_error(http.post(f"{path}/messages", json={"text": "a" * size}, headers=auth), 413)


def test_a_large_body_of_unknown_length_is_refused(http: httpx.Client) -> None:
    path, auth = opened(http)
    headers = {**auth, "Content-Type": "application/json"}
    chunks = (b" " * 10_000 for _ in range(10))
    assert_error(http.post(f"{path}/messages", content=chunks, headers=headers), 413)


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer wrong", "Basic eA==", "wrong"])
@pytest.mark.parametrize(("method", "rest"), [("POST", "messages"), ("GET", "messages"), ("GET", "export")])
def test_only_its_token_opens_a_conversation(
    http: httpx.Client, method: str, rest: str, authorization: str | None
) -> None:
    path, _ = opened(http)
    headers = {} if authorization is None else {"Authorization": authorization}
    assert_error(http.request(method, f"{path}/{rest}", headers=headers), 401)


def test_an_unknown_conversation_is_not_found(http: httpx.Client) -> None:
    _, auth = opened(http)
    assert_error(http.get("/api/conversations/none/messages", headers=auth), 404)


def test_another_conversations_token_opens_nothing(http: httpx.Client) -> None:
    path, _ = opened(http)
    _, other = opened(http)
    assert_error(http.get(f"{path}/messages", headers=other), 401)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("GET", "/api/nothing", 404), ("DELETE", "/api/conversations", 405)],
)
def test_unknown_routes_and_methods(http: httpx.Client, method: str, path: str, status: int) -> None:
    response = http.request(method, path)
    assert_error(response, status)
    assert status != 405 or response.headers["allow"] == "POST"


@pytest.mark.parametrize("status", [409, 429, 503])
def test_the_gateways_errors_are_worded_in_the_persons_language(http: httpx.Client, status: int) -> None:
    path, auth = opened(http)
    messages = set()
    for language in ("en", "nl-BE,nl;q=0.9,en;q=0.5", "zh-CN", "zh-TW", "fr"):
        headers = {**auth, "Accept-Language": language}
        response = http.post(f"{path}/messages", json={"text": str(status)}, headers=headers)
        error = assert_error(response, status)
        assert response.headers["retry-after"] == "7"
        assert error["code"] == "from_gateway"
        messages.add(error["message"])
    assert len(messages) == 4
    assert "for programs" not in messages


def test_the_unexpected_is_logged_without_what_a_person_wrote(
    http: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    path, auth = opened(http)
    with caplog.at_level(logging.DEBUG):
        error = assert_error(http.post(f"{path}/messages", json={"text": "explode"}, headers=auth), 500)
    assert error["code"] == "internal"
    assert "RuntimeError" in caplog.text
    assert "_react" in caplog.text
    assert PRIVATE not in caplog.text


def test_the_export_is_a_file_of_ones_own(http: httpx.Client) -> None:
    path, auth = opened(http)
    http.post(f"{path}/messages", json={"text": "hello"}, headers=auth)
    response = http.get(f"{path}/export", headers=auth)
    assert response.json() == {"received": ["hello"]}
    assert response.headers["content-disposition"].startswith('attachment; filename="my__data_.json"')
    assert response.headers["cache-control"] == "no-store"


def test_sources_are_titled_in_the_language_asked_for(http: httpx.Client) -> None:
    sources = http.get("/api/sources", params={"language": "nl"}).json()["sources"]
    assert sources[0] == {"key": "S1", "title": "Programme synopsis (nl)", "url": None}
    by_browser = http.get("/api/sources", headers={"Accept-Language": "zh-TW"}).json()["sources"]
    assert by_browser[1]["title"] == "Project page (zh-Hant)"


def test_health_and_readiness(server: RunningServer, http: httpx.Client) -> None:
    assert http.get("/healthz").status_code == 200
    told = {"ready": True, "parts": {"database": True, "interpreter": True}, "degraded": []}
    assert http.get("/readyz").json() == told
    server.parts["database"] = False
    response = http.get("/readyz")
    assert response.status_code == 503
    assert response.json()["parts"] == {"database": False, "interpreter": True}
    assert response.json()["error"]["code"] == "not_ready"


def test_metrics_count_turns_and_requests_by_route(http: httpx.Client) -> None:
    def read() -> dict[str, float]:
        lines = [line.rsplit(" ", 1) for line in http.get("/metrics").text.splitlines() if line[0] != "#"]
        return {name: float(value) for name, value in lines}

    path, auth = opened(http)
    before = read()
    http.post(f"{path}/messages", json={"text": "hello"}, headers=auth)
    http.get("/not/there")
    after = read()
    posted = 'i2pcc_web_requests_total{method="POST",route="/api/conversations/{id}/messages",status="200"}'
    unknown = 'i2pcc_web_requests_total{method="GET",route="other",status="404"}'
    for name in (posted, unknown, "i2pcc_web_turns_total", "i2pcc_web_turn_seconds_count"):
        assert after[name] == before.get(name, 0) + 1, name
    assert path not in http.get("/metrics").text


def test_a_script_meets_the_limit_of_a_conversation(serve: Callable[..., RunningServer]) -> None:
    with httpx.Client(base_url=serve().url) as http:
        path, auth = opened(http)
        statuses = []
        for _ in range(60):
            response = http.post(f"{path}/messages", json={"text": "hi"}, headers=auth)
            statuses.append(response.status_code)
        assert statuses[:25] == [200] * 25
        error = assert_error(response, 429)
        assert error["code"] == "rate_limited"
        assert 1 <= int(response.headers["retry-after"]) <= 120
        other, other_auth = opened(http)
        assert http.post(f"{other}/messages", json={"text": "hi"}, headers=other_auth).status_code == 200


def test_a_script_meets_the_limit_of_conversations(serve: Callable[..., RunningServer]) -> None:
    with httpx.Client(base_url=serve().url) as http:
        statuses = [http.post("/api/conversations").status_code for _ in range(50)]
    assert statuses[:15] == [200] * 15
    assert statuses[-1] == 429


def test_trying_tokens_meets_a_limit(serve: Callable[..., RunningServer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ratelimits, "REQUESTS_PER_ADDRESS", 5)
    with httpx.Client(base_url=serve().url) as http:
        path, _ = opened(http)
        wrong = {"Authorization": "Bearer wrong"}
        statuses = [http.get(f"{path}/messages", headers=wrong).status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]


def test_who_comes_while_too_many_wait_comes_again(
    serve: Callable[..., RunningServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "MOST_WAITING", 0)
    server = serve(rate_limit="off")
    with httpx.Client(base_url=server.url) as http:
        path, auth = opened(http)
        body = {"text": "hi", "client_id": "1"}
        refused = http.post(f"{path}/messages", json=body, headers=auth)
        assert assert_error(refused, 503)["code"] == "busy"
        assert refused.headers["Retry-After"] == "5"
        assert not server.gateway.inbox
        monkeypatch.setattr(api, "MOST_WAITING", 1)
        for text, status in (("explode", 500), ("explode", 500), ("hi", 200)):
            answer = http.post(f"{path}/messages", json={"text": text}, headers=auth)
            assert answer.status_code == status
        assert http.post(f"{path}/messages", json=body, headers=auth).status_code == 200


def test_limits_can_be_switched_off(http: httpx.Client) -> None:
    assert {http.post("/api/conversations").status_code for _ in range(80)} == {200}
