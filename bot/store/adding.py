"""Adding what may be there already."""

from importlib import import_module
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.models import Base


async def add_once(session: AsyncSession, table: type[Base], values: dict[str, Any]) -> None:
    """Add a row, unless one with the same key is there. What another process adds meanwhile is waited for."""
    # Each dialect has its own, and PostgreSQL's takes a tenth of a start to load.
    insert = import_module(f"sqlalchemy.dialects.{session.get_bind().dialect.name}").insert
    await session.execute(insert(table).values(values).on_conflict_do_nothing())
