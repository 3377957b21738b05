import re

import httpx
import pytest

from connectors.web.texts import FILES, texts


def test_the_page_speaks_the_browsers_language(http: httpx.Client) -> None:
    for accepted, language in (("nl-BE", "nl"), ("zh-TW,zh;q=0.9", "zh-Hant"), ("fr", "en"), ("", "en")):
        page = http.get("/", headers={"Accept-Language": accepted})
        assert page.status_code == 200
        assert f'<html lang="{language}">' in page.text
        assert "$" not in page.text
    assert '<html lang="zh-Hans">' in http.get("/", params={"language": "zh"}).text


def test_the_page_asks_nothing_of_others(http: httpx.Client) -> None:
    page = http.get("/")
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page.text)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for link in re.findall(r'(?:src|href)="(/[^"]*)"', page.text):
        assert http.get(link).status_code == 200, link


@pytest.mark.parametrize("path", ["/", "/widget.js", "/healthz", "/nothing", "/api/sources"])
def test_every_response_carries_the_common_headers(http: httpx.Client, path: str) -> None:
    headers = http.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_the_script_may_be_embedded_and_is_revalidated(http: httpx.Client) -> None:
    first = http.get("/widget.js")
    assert first.headers["content-type"].startswith("text/javascript")
    assert first.headers["cross-origin-resource-policy"] == "cross-origin"
    assert http.get("/widget.js", headers={"If-None-Match": first.headers["etag"]}).status_code == 304


def test_the_widgets_texts_come_in_four_scripts(http: httpx.Client) -> None:
    def send(language: str) -> str:
        return http.get("/widget/texts.json", params={"language": language}).json()["send"]

    assert [send(language) for language in FILES] == ["Send", "Versturen", "发送", "發送"]
    assert http.get("/widget/texts.json").json()["max_text"] == 4000


def shape(data: object) -> object:
    if isinstance(data, dict):
        return {key: shape(value) for key, value in data.items()}
    if isinstance(data, list):
        return [shape(value) for value in data]
    assert isinstance(data, str)
    assert data.strip() == data
    return sorted(re.findall(r"\{\w+\}", data))


@pytest.mark.parametrize("language", FILES)
def test_every_language_has_every_text(language: str) -> None:
    assert shape(texts(language)) == shape(texts("en"))


def test_the_languages_differ() -> None:
    assert len({texts(language)["widget"]["welcome"] for language in FILES}) == 4
