"""What people get: labelled questions through understanding, search and dialogue, each as the first of a conversation.

    python -m benchmarks.answers [dev|test]

`first`: answered with the right topic first, or the form opened that was wished for. `helped`: that, or the right topic
among the buttons. `evaluate` gives the figures of the engine alone.
"""

import asyncio
import sys
from collections import Counter, defaultdict

from rich.console import Console
from rich.table import Table

from bot.engines import load_engines
from bot.ports import Incoming
from bot.settings import Settings
from bot.turn import Before, Turn
from dialogues.effects import Say
from dialogues.messages import Message
from dialogues.state import State
from nlu.classifier import OUT_OF_SCOPE
from nlu.encoder import load_encoder
from nlu.training import Example, load_questions
from nlu.types import LanguageCode

FORMS = {"action:proposal", "action:need"}
BUTTONS = 4
HINTS: dict[str, LanguageCode] = {"en": "en", "nl": "nl", "zh": "zh-Hans"}


async def messages_to(turn: Turn, question: Example) -> list[Message]:
    """What the assistant says to a question of somebody who has been told that it is one."""
    state = State(hint=HINTS[question.language], disclosed=True)
    before = Before(state.model_dump(mode="json"), "assistant", 0, (), "I2P-XXXXXX")
    decision = await turn.decide(before, Incoming("web", "a", "b", "text", text=question.text))
    return [e.message for e in decision.effects if isinstance(e, Say)]


def outcome(question: Example, messages: list[Message]) -> Counter[str]:
    """What became of a question, as counts to add."""
    declined = any(m.kind == "decline" for m in messages)
    if question.intent == OUT_OF_SCOPE:
        return Counter({"foreign": 1, "foreign declined": declined})
    topics = [m.topics[0] for m in messages if m.topics]
    opened = question.intent in FORMS and any(m.kind == "form" for m in messages)
    first = opened or topics[:1] == [question.intent]
    offered = [b.payload for m in messages for b in m.buttons][:BUTTONS]
    return Counter(
        {"ours": 1, "first": first, "helped": first or question.intent in offered, "ours declined": declined}
    )


async def main(split: str) -> None:
    turn = Turn(load_engines(Settings(), load_encoder()))
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for question in load_questions(split):
        counts[question.language] += outcome(question, await messages_to(turn, question))
    table = Table(title=f"{split} questions", box=None)
    shares = {"first": "ours", "helped": "ours", "ours declined": "ours", "foreign declined": "foreign"}
    for heading in ("", *shares):
        table.add_column(heading, justify="right")
    for language, found in counts.items():
        table.add_row(language, *(f"{100 * found[share] / found[of]:.1f} %" for share, of in shares.items()))
    Console().print(table)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "dev"))
