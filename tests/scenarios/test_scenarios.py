"""Runs the conversations written down in this folder."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import intakes
from bot.store.address import database_url
from bot.store.engine import Store, open_store
from tests.scenarios.count import LANGUAGES, count
from tests.scenarios.scripts import FOLDER, SCRIPTS, check, check_intake, play

ALL, SHARE = 115, 30
"""Conversations that there are at least, and of each language."""


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(database_url(None, tmp_path))
    yield store
    await store.close()


def test_every_language_has_its_share() -> None:
    counted = count(FOLDER)
    by_language = {own: sum(n for (_, language), n in counted.items() if language == own) for own in LANGUAGES}
    assert sum(by_language.values()) == len(SCRIPTS), "a name begins with its language"
    assert min(by_language.values()) >= SHARE
    assert len(SCRIPTS) >= ALL


@pytest.mark.parametrize("name", SCRIPTS)
async def test_scenario(name: str, sqlite: Store) -> None:
    script = SCRIPTS[name]
    number, reference = 0, ""
    async for turn, reply in play(script, sqlite):
        number += 1
        check(turn, reply, f"turn {number}: {turn}")
        reference = reply.reference or reference
    if "intake" in script:
        assert reference, "the conversation ended without a reference"
        async with sqlite.read() as session:
            intake = await intakes.show(session, reference)
        assert intake is not None
        check_intake(intake, script["intake"])
