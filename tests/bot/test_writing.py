"""Transactions on SQLite that share a commit: each is told of success after it, and falls alone."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from bot.errors import RequestError
from bot.store.address import database_url
from bot.store.engine import Store, open_store

COUNT = 10


class _BugError(Exception):
    """What a transaction fell over."""


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(database_url(None, tmp_path))
    async with opened.write() as session:
        await session.execute(text("CREATE TABLE notes (n INTEGER PRIMARY KEY, of INTEGER REFERENCES notes)"))
    yield opened
    await opened.close()


@pytest.fixture
def commits(store: Store) -> list[object]:
    seen: list[object] = []
    event.listen(store.engine.sync_engine, "commit", seen.append)
    return seen


def stored(store: Store) -> set[int]:
    """What another process sees."""
    with closing(sqlite3.connect(str(store.engine.url.database))) as other:
        return {n for (n,) in other.execute("SELECT n FROM notes")}


async def write(store: Store, n: int, fails: bool = False) -> None:
    async with store.write() as session:
        await session.execute(text("INSERT INTO notes (n) VALUES (:n)"), {"n": n})
        if fails:
            raise _BugError
    assert n in stored(store), "told of success before the commit"


async def test_who_waits_together_is_committed_together(store: Store, commits: list[object]) -> None:
    await asyncio.gather(*(write(store, n) for n in range(COUNT)))
    assert stored(store) == set(range(COUNT))
    assert len(commits) == 1


@pytest.mark.parametrize("failing", [{0}, {3}, {COUNT - 1}, {0, 1, 5}, set(range(COUNT))])
async def test_who_fails_falls_alone(store: Store, failing: set[int]) -> None:
    done = await asyncio.gather(*(write(store, n, n in failing) for n in range(COUNT)), return_exceptions=True)
    assert {n for n, error in enumerate(done) if isinstance(error, _BugError)} == failing
    assert [error for n, error in enumerate(done) if n not in failing] == [None] * (COUNT - len(failing))
    assert stored(store) == set(range(COUNT)) - failing


async def test_a_statement_that_is_refused_falls_alone(store: Store) -> None:
    twice = [0, 1, 1, 2, 0]
    done = await asyncio.gather(*(write(store, n) for n in twice), return_exceptions=True)
    assert [type(error) for error in done] == [type(None), type(None), IntegrityError, type(None), IntegrityError]
    assert stored(store) == {0, 1, 2}


async def test_a_commit_that_fails_is_told_to_all_whom_it_concerns(store: Store) -> None:
    async def orphan() -> None:
        async with store.write() as session:
            await session.execute(text("PRAGMA defer_foreign_keys=ON"))
            await session.execute(text("INSERT INTO notes (n, of) VALUES (100, 200)"))

    done = await asyncio.gather(write(store, 1), orphan(), write(store, 2), return_exceptions=True)
    assert [type(error) for error in done] == [IntegrityError] * 3
    assert stored(store) == set()
    await write(store, 3)


async def test_on_a_full_disk_nobody_is_told_of_success_wrongly(store: Store) -> None:
    async def large(n: int) -> None:
        async with store.write() as session:
            await session.execute(text("PRAGMA max_page_count=1"))  # as many as there are: no more can be added
            await session.execute(text("CREATE TABLE IF NOT EXISTS large (x)"))
            await session.execute(text("INSERT INTO large VALUES (zeroblob(1000000))"))
            await session.execute(text("INSERT INTO notes (n) VALUES (:n)"), {"n": n})

    done = await asyncio.gather(write(store, 1), large(2), write(store, 3), return_exceptions=True)
    assert isinstance(done[1], RequestError)
    assert stored(store) == {n for n in (1, 3) if done[n - 1] is None}
    async with store.write() as session:
        await session.execute(text("PRAGMA max_page_count=100000"))
    await write(store, 4)


@pytest.mark.parametrize("leaving", [0, 4, COUNT - 1])
async def test_who_goes_away_leaves_the_others_alone(store: Store, leaving: int) -> None:
    tasks = [asyncio.create_task(write(store, n)) for n in range(COUNT)]
    await asyncio.sleep(0)
    tasks[leaving].cancel()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert [n for n, error in enumerate(done) if error is not None] == [leaving]
    assert set(range(COUNT)) - {leaving} <= stored(store)
    await write(store, COUNT)


async def test_a_clean_up_waits_for_what_is_open_and_holds_up_the_rest(store: Store) -> None:
    writing = [write(store, n) for n in range(COUNT)]
    await asyncio.gather(*writing[:5], store.scrub(), *writing[5:])
    assert stored(store) == set(range(COUNT))


async def test_closing_commits_what_was_done(store: Store, tmp_path: Path) -> None:
    second = await open_store(database_url(None, tmp_path / "second"))
    async with second.write() as session:
        await session.execute(text("CREATE TABLE notes (n INTEGER PRIMARY KEY)"))
    writing = asyncio.gather(*(write(second, n) for n in range(3)))
    await asyncio.sleep(0)
    await second.close()
    await writing
    assert stored(second) == {0, 1, 2}
