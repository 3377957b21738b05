"""Opening the database: addresses, locks, migrations, and what an operator is told."""

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.errors import RequestError, SetupError
from bot.privacy import describe
from bot.store import engine
from bot.store.address import database_url, shown
from bot.store.driver import CONNECTIONS
from bot.store.engine import Store, create, open_reader, open_store, reachable
from bot.store.migrate import HEAD, _config
from bot.store.models import Base
from tests.bot.parts import Bot


@pytest.mark.parametrize(
    ("address", "driver"),
    [
        ("sqlite:///var/x.db", "sqlite+aiosqlite"),
        ("sqlite+aiosqlite:///x.db", "sqlite+aiosqlite"),
        ("postgresql://me@host/x", "postgresql+asyncpg"),
        ("postgres://me@host/x", "postgresql+asyncpg"),
        ("postgresql+psycopg://me@host/x", "postgresql+asyncpg"),
    ],
)
def test_usual_addresses_get_an_async_driver(address: str, driver: str) -> None:
    assert database_url(address, Path()).drivername == driver


def test_without_an_address_there_is_a_file_in_the_data_folder() -> None:
    assert database_url(None, Path("var")).database == "var/i2pcc.db"


def test_libpqs_sslmode_is_understood() -> None:
    assert database_url("postgresql://h/x?sslmode=require", Path()).query == {"ssl": "require"}


@pytest.mark.parametrize("address", ["nonsense", "mysql://h/x", "sqlite://", "sqlite:///:memory:", "://"])
def test_other_addresses_are_refused_in_one_line(address: str) -> None:
    with pytest.raises(SetupError) as refused:
        database_url(address, Path())
    assert "I2PCC_DATABASE_URL" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_password_is_never_shown() -> None:
    assert "hunter2" not in shown(database_url("postgresql://me:hunter2@host/x", Path()))


async def test_the_migrations_make_what_the_models_say(store: Store) -> None:
    async with store.engine.connect() as connection:
        differences = await connection.run_sync(
            lambda c: compare_metadata(MigrationContext.configure(c), Base.metadata)
        )
    assert differences == []


def test_the_newest_revision_is_known_without_alembic() -> None:
    assert ScriptDirectory.from_config(_config()).get_current_head() == HEAD


async def test_a_new_sqlite_is_what_the_migrations_make(tmp_path: Path) -> None:
    migrated, new = tmp_path / "migrated.db", tmp_path / "i2pcc.db"
    migrating = create(database_url(f"sqlite:///{migrated}", tmp_path))
    async with migrating.begin() as connection:
        await connection.run_sync(lambda c: command.upgrade(_config(c), "head"))
    await migrating.dispose()
    await (await open_store(database_url(None, tmp_path))).close()
    assert shape(new) == shape(migrated)


def shape(file: Path) -> dict[str, object]:
    """Tables with their columns, keys and indexes, whatever the order in which they were made."""
    with closing(sqlite3.connect(file)) as database:

        def rows(query: str) -> list[tuple[object, ...]]:
            return sorted(database.execute(query).fetchall(), key=repr)

        found: dict[str, object] = {"other": rows("SELECT type, name, sql FROM sqlite_master WHERE type <> 'table'")}
        for table in (str(name) for (name,) in rows("SELECT name FROM sqlite_master WHERE type = 'table'")):
            columns = [row[1:] for row in rows(f"PRAGMA table_xinfo({table})")]
            keys = [row[2:] for row in rows(f"PRAGMA foreign_key_list({table})")]
            indexes = {
                (row[2:], tuple(column[2:] for column in rows(f"PRAGMA index_xinfo({row[1]})")))
                for row in rows(f"PRAGMA index_list({table})")
            }
            found[table] = (sorted(columns, key=repr), keys, indexes)
        return found


async def test_an_older_database_is_brought_up_with_its_data(empty_database: URL) -> None:
    store = await open_store(empty_database)
    await Bot(store).says("42", "hello")
    async with store.engine.begin() as connection:
        await connection.run_sync(lambda c: command.downgrade(_config(c), "0001"))
    await store.close()
    with pytest.raises(SetupError, match="another release"):
        await open_reader(empty_database)
    again = await open_store(empty_database)
    async with again.read() as session:
        assert await session.scalar(text("SELECT count(*) FROM questions")) == 0
        assert await session.scalar(text("SELECT count(*) FROM messages")) == 2
    await again.close()


async def test_opening_again_keeps_the_data(empty_database: URL) -> None:
    store = await open_store(empty_database)
    await Bot(store).says("42", "hello")
    await store.close()
    again = await open_store(empty_database)
    bot = Bot(again)
    id_ = await bot.gateway.conversation_id("telegram", "42")
    await again.close()
    assert id_


async def test_a_database_of_a_newer_release_is_left_alone(empty_database: URL) -> None:
    store = await open_store(empty_database)
    async with store.write() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await store.close()
    with pytest.raises(SetupError, match="newer release"):
        await open_store(empty_database)
    with pytest.raises(SetupError, match="another release"):
        await open_reader(empty_database)


async def test_looking_does_not_lock_or_migrate(empty_database: URL) -> None:
    with pytest.raises(SetupError, match="start"):
        await open_reader(empty_database)
    store = await open_store(empty_database)
    reader = await open_reader(empty_database)
    await reader.close()
    await store.close()


async def test_a_second_process_on_sqlite_is_told(tmp_path: Path) -> None:
    url = database_url(None, tmp_path)
    store = await open_store(url)
    with pytest.raises(SetupError, match="Another process"):
        await open_store(url)
    await store.close()
    await (await open_store(url)).close()


async def test_several_processes_may_start_on_postgresql_at_once(postgres_url: str) -> None:
    url = database_url(postgres_url, Path())
    stores = await asyncio.gather(*(open_store(url) for _ in range(3)))
    for store in stores:
        await store.close()


async def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "i2pcc.db").write_text("a shopping list, and nothing else " * 50)
    with pytest.raises(SetupError, match="not a database") as refused:
        await open_store(database_url(None, tmp_path))
    assert "I2PCC_DATABASE_URL" in str(refused.value)
    assert "\n" not in str(refused.value)


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SetupError, match="I2PCC_DATA_DIR"):
        await open_store(database_url(None, tmp_path / "file" / "data"))


@pytest.mark.parametrize("path", ["/nowhere?host={}/nobody", "/no_such_database?host={}"])
async def test_a_postgresql_that_is_away_is_told(postgres_socket: str, path: str) -> None:
    url = database_url("postgresql://postgres@" + path.format(postgres_socket), Path())
    with pytest.raises(SetupError, match="check that PostgreSQL runs") as refused:
        await open_store(url)
    assert "\n" not in str(refused.value)


async def test_sqlite_is_set_for_safety(tmp_path: Path) -> None:
    store = await open_store(database_url(None, tmp_path))
    async with store.read() as session:
        found = {
            name: await session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    await store.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


async def test_a_database_too_busy_to_be_scrubbed_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = await open_store(database_url(None, tmp_path))
    async with store.engine.connect() as connection:
        pool = await connection.get_raw_connection()
        assert pool.driver_connection is not None
        await pool.driver_connection.execute("PRAGMA busy_timeout=50")
    with closing(sqlite3.connect(tmp_path / "i2pcc.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        await store.scrub()
    assert "too busy" in caplog.text
    caplog.clear()
    await store.scrub()
    await store.close()
    assert caplog.text == ""


async def test_a_large_database_is_rewritten_once_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "LARGE", 0)
    store = await open_store(database_url(None, tmp_path))
    async with store.write() as session:
        await session.execute(text("CREATE TABLE gone (x)"))
        await session.execute(text("INSERT INTO gone VALUES (zeroblob(100000))"))
        await session.execute(text("DELETE FROM gone"))
    await store.scrub()
    assert await free_pages(store) > 0
    assert (tmp_path / "i2pcc.db-wal").stat().st_size == 0
    await store.scrub(large=True)
    assert await free_pages(store) == 0
    await store.close()


async def free_pages(store: Store) -> int:
    async with store.scan() as session:
        found: int = await session.scalar(text("PRAGMA freelist_count"))
        return found


async def test_a_reader_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    store = await open_store(database_url(None, tmp_path))
    async with store.write() as session:
        await session.execute(text("SELECT 1"))
        async with asyncio.timeout(60), store.read() as reading:
            assert await reading.scalar(text("SELECT count(*) FROM inbox")) == 0
    await store.close()


async def test_a_burst_of_looks_opens_no_connections_to_drop_them(tmp_path: Path) -> None:
    store = await open_store(database_url(None, tmp_path))
    opened: list[object] = []
    event.listen(store.engine.sync_engine, "connect", lambda connection, _: opened.append(connection))

    async def look() -> None:
        async with store.read() as session:
            await session.execute(text("SELECT 1"))

    for _ in range(3):
        await asyncio.gather(*(look() for _ in range(100)))
    assert 0 < len(opened) <= CONNECTIONS
    await store.close()


async def test_what_is_logged_of_an_error_quotes_no_values(store: Store) -> None:
    insert = text("INSERT INTO alembic_version (version_num) VALUES (:v)")
    async with store.read() as session:
        await session.execute(insert, {"v": "jan@example.org"})
        with pytest.raises(IntegrityError) as failed:
            await session.execute(insert, {"v": "jan@example.org"})
    assert describe(failed.value).startswith("IntegrityError at ")
    assert "jan@example.org" not in describe(failed.value)


async def test_a_database_that_went_away_is_told_to_the_caller(postgres_socket: str) -> None:
    gone = create(database_url(f"postgresql://postgres@/gone?host={postgres_socket}", Path()))
    gateway = Bot(Store(gone)).gateway
    with pytest.raises(RequestError) as refused:
        await gateway.open()
    with pytest.raises(RequestError):
        await gateway.messages_after("9b2f5c1e-0000-4000-8000-000000000000", 0)
    assert (refused.value.status, refused.value.retry_after) == (503, 5)
    assert not await reachable(Store(gone))


DIES = """
import asyncio, os, sys
from pathlib import Path
from bot.store import engine
from bot.store.address import database_url
from bot.store.engine import open_store
from tests.bot.parts import Bot

async def main():
    bot = Bot(await open_store(database_url(sys.argv[1], Path())))
    await bot.says("42", "answered before")
    await bot.gateway.accept(bot.text("42", "accepted, never answered", id_="last"))
    os.kill(os.getpid(), 9)

asyncio.run(main())
"""


async def test_a_killed_process_loses_and_doubles_nothing(empty_database: URL) -> None:
    address = empty_database.render_as_string(hide_password=False)
    killed = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", DIES, address], timeout=60)
    assert killed.returncode == -9
    store = await open_store(empty_database)
    bot = Bot(store)
    await bot.gateway.handle_open()
    redelivered = await bot.gateway.accept(bot.text("42", "accepted, never answered", id_="last"))
    reply = await bot.gateway.answer(redelivered)
    await store.close()
    assert [e.text for e in bot.dialogue.seen] == ["accepted, never answered"]
    assert [(m.seq, m.text) for m in reply.messages] == [(2, "echo accepted, never answered")]


async def test_the_file_is_sound_after_a_kill(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/x.db"
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", DIES, address], timeout=60)
    with sqlite3.connect(tmp_path / "x.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


async def test_a_connection_that_ends_while_in_use_counts_as_away(postgres_url: str) -> None:
    store = await open_store(database_url(postgres_url, Path()))
    with pytest.raises(RequestError) as refused:
        async with store.write() as session:
            await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert refused.value.status == 503
    assert await reachable(store)
    await store.close()


@pytest.mark.parametrize("code", ["53100", "53200", "58030", "25006"], ids=["disk", "memory", "io", "standby"])
async def test_a_server_that_can_take_nothing_counts_as_away(postgres_url: str, code: str) -> None:
    store = await open_store(database_url(postgres_url, Path()))
    with pytest.raises(RequestError) as refused:
        async with store.write() as session:
            await session.execute(text(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END $$"))
    assert refused.value.status == 503
    assert await reachable(store)
    await store.close()


async def test_a_wrong_statement_does_not_count_as_away(postgres_url: str) -> None:
    store = await open_store(database_url(postgres_url, Path()))
    with pytest.raises(DBAPIError):
        async with store.write() as session:
            await session.execute(text("SELECT nothing"))
    await store.close()
