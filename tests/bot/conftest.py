import pytest

from bot.store.engine import Store
from tests.bot.parts import Bot


@pytest.fixture
def bot(store: Store) -> Bot:
    return Bot(store)
