"""Databases for the tests: everything that needs a store runs on SQLite and on PostgreSQL."""

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.engine import URL

from bot.store.address import database_url
from bot.store.engine import Store, open_store
from tests.postgres import cluster
from tests.rasa import Rasa

_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgres_socket() -> Iterator[str]:
    """The socket folder of a PostgreSQL cluster; a machine without PostgreSQL fails the test."""
    with cluster() as socket:
        yield socket


@pytest.fixture
async def postgres_url(postgres_socket: str) -> str:
    """The address of a new, empty PostgreSQL database, as an operator would write it."""
    name = f"test_{next(_numbers)}"
    connection = await asyncpg.connect(host=postgres_socket, user="postgres", database="postgres")
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    return f"postgresql://postgres@/{name}?host={postgres_socket}"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """A database without tables, once of each kind."""
    if request.param == "sqlite":
        return database_url(None, tmp_path / "data")
    return database_url(request.getfixturevalue("postgres_url"), tmp_path)


@pytest.fixture
async def store(empty_database: URL) -> AsyncIterator[Store]:
    """A migrated, open database, once of each kind."""
    opened = await open_store(empty_database)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def rasa(pytestconfig: pytest.Config) -> Iterator[Rasa]:
    """The real Rasa, trained on all our examples; a machine where it cannot run fails the test."""
    assert pytestconfig.cache is not None
    running = Rasa(Path(pytestconfig.cache.mkdir("rasa")))
    yield running
    running.kill()
