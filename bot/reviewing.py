"""Going through the questions that were kept: like ones together, the most frequent first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import SetupError
from bot.ports import Json
from bot.store.engine import Store
from bot.store.models import QuestionRow
from knowledge.spelling import key

ALIKE = 88
"""Percent of likeness in letters, case and accents aside, from which two questions are taken for one."""


@dataclass(frozen=True, slots=True)
class Group:
    """Like questions of one language and status, the newest first; they are told, and dealt with, as one."""

    rows: tuple[QuestionRow, ...]

    @property
    def newest(self) -> QuestionRow:
        """The question by whose id the group goes."""
        return self.rows[0]

    def as_json(self) -> Json:
        """The group for programs."""
        row = self.newest
        return {
            "id": row.id,
            "count": len(self.rows),
            "ids": [r.id for r in self.rows],
            "kinds": list(dict.fromkeys(r.kind for r in self.rows)),
            "language": row.language,
            "text": row.text,
            "readings": list(row.readings),
            "topic": row.topic,
            "engine": row.engine,
            "status": row.status,
            "at": row.at.isoformat(),
        }


async def groups(
    session: AsyncSession, *, kind: str | None = None, language: str | None = None, all_: bool = False
) -> list[Group]:
    """The open questions (or all) of a kind and a base language, as groups."""
    query = select(QuestionRow).order_by(QuestionRow.id.desc())
    if kind:
        query = query.where(QuestionRow.kind == kind)
    if language:
        query = query.where(QuestionRow.language.in_((language, f"{language}-Hans", f"{language}-Hant")))
    if not all_:
        query = query.where(QuestionRow.status == "open")
    return grouped((await session.scalars(query)).all())


def grouped(rows: Iterable[QuestionRow]) -> list[Group]:
    """Like questions together: each joins the first group whose newest question it resembles."""
    found: dict[tuple[str, str], dict[int, str]] = {}
    members: dict[int, list[QuestionRow]] = {}
    for row in rows:
        heads = found.setdefault((row.language[:2], row.status), {})
        form = " ".join(key(row.text))
        match = process.extractOne(form, heads, scorer=fuzz.ratio, score_cutoff=ALIKE)
        if match:
            members[match[2]].append(row)
        else:
            heads[row.id] = form
            members[row.id] = [row]
    listed = [Group(tuple(group)) for group in members.values()]
    return sorted(listed, key=lambda g: (-len(g.rows), -g.newest.id))


async def open_group(session: AsyncSession, id_: int) -> Group:
    """The open questions like the one with this id. Raises SetupError when there is none, or none open."""
    row = await session.get(QuestionRow, id_)
    if row is None:
        raise SetupError(f"There is no question {id_}: `unanswered` lists them; erased conversations take theirs along")
    if row.status != "open":
        raise SetupError(f"Question {id_} is {row.status} already")
    return next(g for g in await groups(session) if row in g.rows)


async def settle(store: Store, group: Sequence[QuestionRow], status: str) -> None:
    """Mark questions as learned or dismissed.

    Safe beside a running server, also on SQLite, which otherwise serves one process: this is one short transaction
    (BEGIN IMMEDIATE, with busy_timeout), and of these rows a turn at most deletes one, in a transaction of its own.
    The lock beside the file keeps out what is not safe: a second server with turns, deliveries and migrations.
    """
    ids = [row.id for row in group]
    async with store.write() as session:
        await session.execute(
            update(QuestionRow).where(QuestionRow.id.in_(ids), QuestionRow.status == "open").values(status=status)
        )
