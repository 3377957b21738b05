"""References that cannot be guessed or misread: I2P- and six characters."""

import secrets

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.models import IntakeRow

# No vowels, so that no words arise; none of 0 O D Q, 1 I L, 2 Z, 5 S, 8 B, U V.
ALPHABET = "34679CFGHJKMNPRTWXY"
LENGTH = 6


def draw() -> str:
    """A random reference: 19^6, 47 million possibilities."""
    return "I2P-" + letters(LENGTH)


def letters(count: int) -> str:
    """Random characters of the alphabet."""
    # Once and many bits: each turn draws, and the remainders of so large a number favour no character.
    number = secrets.randbits(256)
    return "".join(ALPHABET[number // len(ALPHABET) ** place % len(ALPHABET)] for place in range(count))


async def is_taken(session: AsyncSession, reference: str) -> bool:
    """Whether an intake has the reference."""
    found = await session.scalar(select(IntakeRow.reference).where(IntakeRow.reference == reference))
    return found is not None
