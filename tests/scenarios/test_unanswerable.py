"""Questions on the programme that no source answers end as `unknown` or `decline`, never as an invented answer."""

from pathlib import Path

import pytest
import yaml

from bot.ports import Incoming
from bot.turn import Before, Turn
from dialogues.effects import Say
from tests.engines import real_engines

QUESTIONS = yaml.safe_load((Path(__file__).parents[2] / "nlu/data/test/unanswerable.yml").read_text(encoding="utf-8"))
HONEST = 10
"""Of twelve questions a language; the others are asked back or told the nearest fact with its source."""


async def kinds_of(question: str) -> set[str]:
    before = Before({"disclosed": True, "version": 1}, "assistant", 0, (), "I2P-XXXXXX")
    decision = await Turn(real_engines()).decide(before, Incoming("web", "a", "b", "text", text=question))
    return {e.message.kind for e in decision.effects if isinstance(e, Say)}


@pytest.mark.parametrize("language", sorted(QUESTIONS))
async def test_what_no_source_says_is_not_invented(language: str) -> None:
    kinds = [await kinds_of(question) for question in QUESTIONS[language]]
    honest = [k for k in kinds if k <= {"unknown", "decline"}]
    assert len(honest) >= HONEST, kinds
