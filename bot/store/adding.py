"""Adding what may be there already."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.models import Base


async def add_once(session: AsyncSession, table: type[Base], values: dict[str, Any]) -> None:
    """Add a row, unless one with the same key is there. What another process adds meanwhile is waited for."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    await session.execute(insert(table).values(values).on_conflict_do_nothing())
