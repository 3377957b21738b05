"""From I2PCC_DATABASE_URL to an address of SQLAlchemy's async drivers."""

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import SetupError

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
}


def database_url(address: str | None, data_dir: Path) -> URL:
    """The async address of the database; without `address` a SQLite file in `data_dir`.

    Raises SetupError for an address that names no SQLite file and no PostgreSQL.
    """
    if not address:
        return URL.create(_DRIVERS["sqlite"], database=str(data_dir / "i2pcc.db"))
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        raise SetupError(
            "I2PCC_DATABASE_URL is no address: write sqlite:///path/to/file.db or postgresql://user@host/name"
        ) from error
    backend = url.drivername.split("+")[0]
    if backend not in _DRIVERS:
        raise SetupError(f"I2PCC_DATABASE_URL: {backend} is not supported, use sqlite:/// or postgresql://")
    if backend == "sqlite" and url.database in (None, "", ":memory:"):
        raise SetupError("I2PCC_DATABASE_URL: SQLite needs a file, write sqlite:///path/to/file.db")
    return _with_asyncpg_ssl(url.set(drivername=_DRIVERS[backend]))


def _with_asyncpg_ssl(url: URL) -> URL:
    """libpq's sslmode under the name that asyncpg knows."""
    if "sslmode" not in url.query:
        return url
    return url.update_query_dict({"ssl": str(url.query["sslmode"])}).difference_update_query(["sslmode"])


def shown(url: URL) -> str:
    """The address for messages: a file's path, or a server's address without its password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(drivername="postgresql").render_as_string(hide_password=True)
