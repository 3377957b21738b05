"""Conversations leave nothing in the process: counted in objects, not in bytes, which the allocator keeps."""

import asyncio
import gc
from collections import Counter

from bot.gateway import Assistant
from bot.ports import Incoming
from bot.signals import Signals
from bot.store.engine import Store
from bot.turn import Turn
from tests.bot.parts import notice
from tests.engines import real_engines

SAID = (
    "Hello",
    "What can you tell me about Hebei?",
    "Is er in Chongqing nood aan bodemsanering?",
    "我想提交一个方案",
    "/language en",
    "I want to submit a proposal",
    "AquaPura NV",
    "What do you know about Chongqing?",
    "an.peeters@aquapura.be",
)
PEOPLE = 10
POOLED = {"sqlite3.Statement", "weakref.ReferenceType"}
"""What a connection to SQLite keeps, up to some hundred of each: its statements, and references to ended cursors."""


async def test_conversations_leave_no_objects_behind(store: Store) -> None:
    gateway = Assistant(store, Turn(real_engines()), Signals(), notice)
    await talk(gateway)  # libraries load and caches fill
    before = kept()
    await talk(gateway)
    grown = kept() - before
    assert {name: more for name, more in grown.items() if more >= PEOPLE and name not in POOLED} == {}


async def talk(gateway: Assistant) -> None:
    for _ in range(PEOPLE):
        await converse(gateway)


async def converse(gateway: Assistant) -> None:
    opened = await gateway.open()
    stream = gateway.subscribe(opened.id)
    for number, text in enumerate(SAID):
        await gateway.authorise(opened.id, opened.token)
        incoming = Incoming("web", opened.id, f"{opened.id}:{number}", "text", text=text)
        assert (await gateway.answer(await gateway.accept(incoming))).messages
        await asyncio.wait_for(stream.wait(), 60)
    await gateway.messages_after(opened.id, 0)
    stream.close()


def kept() -> Counter[str]:
    """Objects that the garbage collector knows, by type."""
    gc.collect()
    return Counter(f"{type(o).__module__}.{type(o).__qualname__}" for o in gc.get_objects())
