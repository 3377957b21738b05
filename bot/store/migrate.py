"""Bringing the database to this release's schema. The migrations travel inside the package.

Alembic is imported only to migrate: it takes as long to load as the whole database layer.
"""

from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import SetupError
from bot.store.models import Base

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0007"
"""The newest revision of `migrations`."""
_ADVISORY_LOCK = 0x12CC


def _config(connection: Connection | None = None) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    config.attributes["connection"] = connection
    return config


async def upgrade(connection: AsyncConnection) -> None:
    """Migrate to the newest schema within the connection's transaction; other processes wait for it.

    Raises SetupError when the database was made by a newer release.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
    if not await is_current(connection):
        await connection.run_sync(_create if await connection.run_sync(_is_new) else _upgrade)


async def is_current(connection: AsyncConnection) -> bool:
    """Whether the database has this release's schema."""
    return await connection.run_sync(_revision) == HEAD


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _is_new(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite" and not inspect(connection).get_table_names()


def _create(connection: Connection) -> None:
    """What all migrations make of an empty SQLite (a test compares the two), without loading Alembic."""
    Base.metadata.create_all(connection)
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.util import CommandError

    try:
        command.upgrade(_config(connection), "head")
    except CommandError as error:
        raise SetupError("The database was made by a newer release: install that release or newer") from error
