"""What a turn asks of the search over facts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from bot.ports import Incoming
from bot.store.engine import Store
from bot.turn import Before, Turn
from knowledge.search import Hit
from nlu.types import Intent, LanguageCode, Understanding, Verdict
from tests.bot.parts import Bot

HIT = Hit("region:hebei", "economy", "en", 0.7, sure=True)
READINGS = (Intent("regions", 0.4), Intent("action:need", 0.2))


class Reader:
    """Understands every text alike."""

    name = "test"

    def __init__(self, verdict: Verdict, intents: tuple[Intent, ...]) -> None:
        self._verdict: Verdict = verdict
        self._intents = intents

    async def parse(self, text: str, language: LanguageCode) -> Understanding:
        return Understanding(text, self._intents, verdict=self._verdict)


class Search:
    def __init__(self) -> None:
        self.asked: list[tuple[str, Mapping[str, float]]] = []

    def search(self, text: str, readings: Mapping[str, float]) -> Sequence[Hit]:
        self.asked.append((text, readings))
        return [HIT]


async def decide(store: Store, incoming: Incoming, verdict: Verdict, intents: tuple[Intent, ...]) -> tuple[Bot, Search]:
    bot, search = Bot(store), Search()
    engines = replace(bot.turn.engines, interpreter=Reader(verdict, intents), search=search)
    await Turn(engines, bot.clock).decide(Before({}, "assistant", 0, (), "I2P-XXXXXX"), incoming)
    return bot, search


def text(words: str) -> Incoming:
    return Incoming("web", "a", "1", "text", text=words)


async def test_an_unsure_text_is_searched_with_its_readings_and_the_dialogue_gets_the_hits(store: Store) -> None:
    bot, search = await decide(store, text("heavy industry?"), "unsure", READINGS)
    assert search.asked == [("heavy industry?", {"regions": 0.4, "action:need": 0.2})]
    assert bot.dialogue.seen[0].found == (HIT,)


@pytest.mark.parametrize(
    ("incoming", "verdict", "intents"),
    [
        (text("Hebei"), "sure", READINGS),
        (text("pizza"), "foreign", READINGS),
        (text("32"), "unsure", ()),
        (text("/help"), "unsure", READINGS),
        (Incoming("web", "a", "1", "payload", payload="regions"), "unsure", READINGS),
    ],
)
async def test_nothing_else_is_searched(
    store: Store, incoming: Incoming, verdict: Verdict, intents: tuple[Intent, ...]
) -> None:
    bot, search = await decide(store, incoming, verdict, intents)
    assert not search.asked
    assert bot.dialogue.seen[0].found == ()
