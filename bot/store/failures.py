"""What errors of the database mean. asyncpg's can only come where it is loaded, which SQLite never needs."""

import sys
from typing import Any

from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

Errors = tuple[type[BaseException], ...]


def away() -> Errors:
    """What says nothing of the statement: the server is away, has no room left, or was made a standby; or two
    transactions waited for each other, and this one was to give way."""
    names = ("PostgresConnectionError", "OperatorInterventionError", "InsufficientResourcesError")
    more = ("PostgresSystemError", "ReadOnlySQLTransactionError", "InvalidCatalogNameError", "DeadlockDetectedError")
    return OperationalError, InterfaceError, OSError, *_of_asyncpg(*names, *more)


def failures() -> Errors:
    """Whatever the database or the way to it may raise."""
    return SQLAlchemyError, OSError, *_of_asyncpg("PostgresError", "InterfaceError")


def _of_asyncpg(*names: str) -> Errors:
    asyncpg: Any = sys.modules.get("asyncpg")
    return tuple(getattr(asyncpg, name) for name in names) if asyncpg else ()
