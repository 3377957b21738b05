"""Engines are exchanged while people talk: no turn mixes two."""

from dataclasses import replace

from sqlalchemy import select

from bot.store.models import OutboxRow
from bot.turn import Engines
from knowledge.base import KnowledgeBase
from nlu.types import LanguageCode, Understanding
from tests.bot.parts import Bot, Interpreter, Scripted, knowledge


def without_sources(kb: KnowledgeBase) -> KnowledgeBase:
    return KnowledgeBase(kb.languages, kb.programme, [], [], [], kb.reasons)


class Exchanging(Interpreter):
    """Has the engines exchanged while it understands."""

    def __init__(self, bot: Bot, others: Engines) -> None:
        super().__init__()
        self._bot = bot
        self._others = others

    async def parse(self, text: str, language: LanguageCode) -> Understanding:
        self._bot.turn.engines = self._others
        return await super().parse(text, language)


async def test_a_turn_under_way_ends_with_the_engines_that_it_began_with(sqlite_bot: Bot) -> None:
    bot, new = sqlite_bot, Scripted()
    others = replace(bot.turn.engines, kb=without_sources(knowledge()), dialogue=new)
    bot.turn.engines = replace(bot.turn.engines, interpreter=Exchanging(bot, others))
    assert await bot.says("42", "hello") == ["echo hello"]
    assert (len(bot.dialogue.seen), len(new.seen)) == (1, 0)
    assert await bot.says("42", "again") == ["echo again"]
    assert (len(bot.dialogue.seen), len(new.seen)) == (1, 1)
    async with bot.store.read() as session:
        bodies = (await session.scalars(select(OutboxRow.body).order_by(OutboxRow.created_at))).all()
    assert [[s["key"] for s in body["source_titles"]] for body in bodies] == [["S1", "S2"], []]
    assert bot.gateway.sources("en") == []
