"""Bringing the database to this release's schema. The migrations travel inside the package."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import SetupError

_ADVISORY_LOCK = 0x12CC


def _config(connection: Connection | None = None) -> Config:
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
    try:
        await connection.run_sync(lambda sync: command.upgrade(_config(sync), "head"))
    except CommandError as error:
        raise SetupError("The database was made by a newer release: install that release or newer") from error


async def is_current(connection: AsyncConnection) -> bool:
    """Whether the database has this release's schema."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    current = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    return current == head
