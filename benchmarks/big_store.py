"""Beside a nearly empty store one with a million lines: `.venv/bin/python benchmarks/big_store.py [intakes] [rounds]`.

Fills a database with `intakes` (100,000) sent-in intakes, each with its conversation of ten lines, five updates, a
card sent to Slack and two lines of history, and 20,000 questions that were dealt with. Then does the same to it and to
one with 20 intakes by turns and prints the medians. PostgreSQL instead of SQLite: set I2PCC_BENCHMARK_DATABASE to
`postgresql://…/{}` with {} for the name; the databases `small` and `big` must exist there and be empty.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import text

from bot import coordination, intakes, outbox, reviewing
from bot.gateway import Assistant
from bot.housekeeping import Housekeeper
from bot.ports import Coordination, Incoming
from bot.reloading import load_turn
from bot.settings import Settings
from bot.signals import Signals
from bot.store.address import database_url
from bot.store.engine import Store, open_store
from bot.turn import Turn, utc_now

ROOT = Path(__file__).parents[1]
SAID = "We remove heavy metals from mine water with membranes that need little energy, and look for a partner."
FEW = 20
"""Intakes in the other database, so that there is something to list."""
NOW = "'2026-01-15 10:00:00+00:00'"
N = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
ID = "'00000000-0000-4000-8000-' || substr('000000000000' || CAST({i} AS TEXT), -12)"
FILLING = {
    "conversations": (
        1,
        "id, channel, address, state, owner, language, last_seq, revision, created_at, last_active_at",
        "{id}, 'web', {id}, '{{\"version\": 1}}', 'assistant', 'en', 5, 5, {now}, {now}",
    ),
    "inbox": (
        5,
        "channel, external_id, conversation_id, kind, body, reply, received_at, handled_at, attempts",
        "'web', {id} || ':' || i, {id}, 'text', '{{\"text\": \"{said}\"}}', '{{}}', {now}, {now}, 0",
    ),
    "messages": (
        10,
        "conversation_id, inbox_id, author, seq, kind, text, buttons, topics, sources, at",
        "{id}, NULL, CASE i % 2 WHEN 0 THEN 'person' ELSE 'assistant' END, "
        "CASE i % 2 WHEN 0 THEN NULL ELSE (i - 1) / {share} + 1 END, 'answer', '{said}', '[]', '[]', '[]', {now}",
    ),
    "intakes": (
        1,
        "reference, conversation_id, kind, slots, language, channel, status, match, created_at",
        "'I2P-' || i, {id}, 'proposal', '{{\"solution\": \"{said}\"}}', 'en', 'web', 'received', "
        "'{{\"regions\": []}}', {now}",
    ),
    "intake_history": (
        2,
        "reference, actor, event, detail, at",
        "'I2P-' || (1 + i % {intakes}), 'person', 'received', '', {now}",
    ),
    "handoffs": (
        1,
        "id, conversation_id, reference, reason, text, status, slack_channel, slack_ts, created_at",
        "{id}, {id}, 'I2P-' || i, 'intake', '', 'open', 'C1', CAST(i AS TEXT), {now}",
    ),
    "outbox": (
        1,
        "id, conversation_id, handoff_id, lane, kind, body, status, attempts, next_attempt_at, uncertain, forget, "
        "created_at, sent_at",
        "{id}, {id}, {id}, 'slack', 'card', '{{}}', 'sent', 1, {now}, false, false, {now}, {now}",
    ),
    "questions": (
        0.2,
        "conversation_id, kind, language, text, readings, engine, status, at",
        "{id}, 'unknown', 'en', 'how much does it cost', '[]', 'embedded', 'learned', {now}",
    ),
}


async def main(count: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=ROOT / "var", port=0)
        turn = (await asyncio.to_thread(load_turn, settings)).turn
        async with opened(folder, "small") as small, opened(folder, "big") as big:
            began = time.perf_counter()
            await fill(small, FEW)
            await fill(big, count)
            print(f"filled in {time.perf_counter() - began:.0f} s")
            sides = {"empty": Side(small, turn), "full": Side(big, turn)}
            figures: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
            for _ in range(rounds):
                for name, side in sides.items():
                    for what, seconds in (await side.round()).items():
                        figures[what][name].append(seconds)
            show(figures)


@asynccontextmanager
async def opened(folder: str, name: str) -> AsyncIterator[Store]:
    pattern = os.environ.get("I2PCC_BENCHMARK_DATABASE")
    store = await open_store(database_url(pattern and pattern.format(name), Path(folder) / name))
    yield store
    await store.close()


async def fill(store: Store, count: int) -> None:
    for table, (times, columns, values) in FILLING.items():
        rows = int(count * times)
        # `i` counts the rows; the conversation of a row is one of `count`.
        share = min(count, rows)
        id_ = ID.format(i=f"(1 + (i - 1) % {share})")
        said = SAID.replace("'", "''")
        given = values.format(id=id_, now=NOW, said=said, share=share, intakes=count)
        if not store.is_sqlite:
            given = given.replace(NOW, f"TIMESTAMPTZ {NOW}").replace("substr(", "right(").replace(", -12)", ", 12)")
        statement = f"{N.format(count=rows)} INSERT INTO {table} ({columns}) SELECT {given} FROM n"
        if not store.is_sqlite:
            statement = f"INSERT INTO {table} ({columns}) {N.format(count=rows)} SELECT {given} FROM n"
        async with store.engine.begin() as connection:
            await connection.exec_driver_sql(statement)
    async with store.engine.begin() as connection:
        await connection.execute(text("UPDATE questions SET status = 'open' WHERE id <= 4"))
        if not store.is_sqlite:  # as its autovacuum does
            await connection.execute(text("ANALYZE"))


class Side:
    """What is done to one of the two."""

    def __init__(self, store: Store, turn: Turn) -> None:
        self.store = store
        self.turn = turn
        self.signals = Signals()
        self.assistant = Assistant(store, turn, self.signals, lambda key, *_: key)
        self.keeper = Housekeeper(store, self.assistant, turn, self.signals, 365)
        self.number = 0

    async def round(self) -> dict[str, float]:
        person = await self.assistant.open("en")
        found: dict[str, float] = {}

        async def timed(what: str, work: Callable[[], Awaitable[object]]) -> None:
            began = time.perf_counter()
            await work()
            found[what] = time.perf_counter() - began

        async def say(said: str) -> None:
            self.number += 1
            incoming = Incoming("web", person.id, f"{person.id}:{self.number}", "text", text=said)
            await self.assistant.reply_to(incoming)

        await say("Hello")
        await timed("a turn", lambda: say("What can you tell me about Hebei?"))
        await timed("history", lambda: self.assistant.messages_after(person.id, 0))
        await timed("export", lambda: self.assistant.export(person.id))
        await timed("newest 20 intakes", lambda: self._newest())
        await timed("unanswered", lambda: self._unanswered())
        await timed("what waits", self.assistant.handle_open)
        await timed("what is due", lambda: self._due())
        await timed("a thread", lambda: self._thread())
        await say("/delete")
        await timed("erasure", lambda: say("yes"))
        return found

    async def _newest(self) -> None:
        async with self.store.read() as session:
            await intakes.list_intakes(session, 20)

    async def _unanswered(self) -> None:
        async with self.store.read() as session:
            await reviewing.groups(session)

    async def _due(self) -> None:
        async with self.store.read() as session:
            await outbox.due(session, "slack", utc_now(), (), 8)
            await outbox.next_due(session, "slack", ())

    async def _thread(self) -> None:
        async with self.store.read() as session:
            said = Coordination("slack", "benchmark", "reply", "U1", "An", thread=("C1", "7"))
            await coordination.find_handoff(session, said)


def show(figures: dict[str, dict[str, list[float]]]) -> None:
    print(f"{'median, ms':20} {'empty':>8} {'full':>8} {'ratio':>6}")
    for what, sides in figures.items():
        empty, full = (statistics.median(sides[name]) * 1000 for name in ("empty", "full"))
        print(f"{what:20} {empty:8.2f} {full:8.2f} {full / empty:6.2f}")


if __name__ == "__main__":
    numbers = [int(x) for x in sys.argv[1:]]
    asyncio.run(main(*(numbers + [100_000, 30][len(numbers) :])))
