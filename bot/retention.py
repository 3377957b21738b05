"""Keeping nothing longer than promised."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import attachments, moving
from bot.erasure import erase
from bot.handling import is_open
from bot.signals import Signals
from bot.store.engine import Store
from bot.store.models import Conversation, InboxRow
from bot.unit import Unit
from dialogues.state import load_state
from knowledge.base import KnowledgeBase

DRAFT_DAYS = 30
"""Days after which a form that was set aside is forgotten, and a file that was added to no intake."""


async def purge(store: Store, kb: KnowledgeBase, signals: Signals, retention_days: int, now: datetime) -> int:
    """Erase conversations that were idle for `retention_days` and forget old drafts; gives the number erased."""
    limit = now - timedelta(days=retention_days)
    idle = (Conversation.last_active_at < limit) & or_(
        Conversation.erased_at.is_(None), Conversation.erased_at < Conversation.last_active_at
    )
    async with store.scan() as session:
        found = (await session.scalars(select(Conversation.id).where(idle))).all()
    erased = 0
    for id_ in found:
        async with store.write() as session:
            conversation = await session.scalar(
                select(Conversation).where(Conversation.id == id_, idle).with_for_update()
            )
            if conversation and not await _is_awaited(session, id_):
                erased += 1
                await erase(Unit(session, conversation, kb, now, "en"))
        signals.committed(id_)
    await _forget_drafts(store, now - timedelta(days=DRAFT_DAYS))
    async with store.write() as session:
        await moving.clean(session, now)
    await store.scrub(large=True)
    return erased


async def _is_awaited(session: AsyncSession, conversation_id: str) -> bool:
    """Whether somebody is back, whose message was acknowledged and is not answered yet.

    Asked once the conversation is locked: what waited for that lock too is there by then.
    """
    waits = select(InboxRow.id).where(InboxRow.conversation_id == conversation_id, is_open()).limit(1)
    return await session.scalar(waits) is not None


async def _forget_drafts(store: Store, limit: datetime) -> None:
    kept = or_(*(Conversation.state[name].as_string().is_not(None) for name in ("paused", "waiting")))
    async with store.scan() as session:
        rows = await session.execute(select(Conversation.id, Conversation.state).where(kept))
        old = [id_ for id_, state in rows if _outdated(dict(state), limit)]
    for id_ in old:
        async with store.write() as session:
            conversation = await session.get_one(Conversation, id_, with_for_update=True)
            if outdated := _outdated(conversation.state, limit):
                without = conversation.state | dict.fromkeys(outdated)
                gone = attachments.held(conversation.state) - attachments.held(without)
                await attachments.drop(session, id_, gone)
                conversation.state = without


def _outdated(state: dict[str, object], limit: datetime) -> list[str]:
    """What is kept for too long: a form that was set aside, files of which nobody said where they belong."""
    if not (state.get("paused") or state.get("waiting")):
        return []
    loaded = load_state(state)
    since = {
        "paused": loaded.paused.paused_at if loaded.paused else None,
        "waiting": loaded.waiting.at if loaded.waiting else None,
    }
    return [name for name, at in since.items() if at and at < limit]
