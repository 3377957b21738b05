"""A person's own data as a file."""

import json

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import attachments, intakes, moving
from bot.ports import Export
from bot.store.models import Conversation, IntakeRow, MessageRow, QuestionRow


async def person_data(session: AsyncSession, conversation: Conversation) -> Export:
    """Everything kept about a conversation: transcript, questions for review, drafts, names of files, intakes.

    What was said in conversations that were continued in this one belongs to it.
    """
    ids = await moving.continued_here(session, conversation.id)
    files = await attachments.of_conversation(session, conversation.id)
    messages = await session.scalars(
        select(MessageRow).where(MessageRow.conversation_id.in_(ids)).order_by(MessageRow.id)
    )
    references = await session.scalars(
        select(IntakeRow.reference).where(IntakeRow.conversation_id == conversation.id).order_by(IntakeRow.created_at)
    )
    questions = await session.scalars(
        select(QuestionRow).where(QuestionRow.conversation_id.in_(ids)).order_by(QuestionRow.id)
    )
    data = {
        "channel": conversation.channel,
        "address": conversation.address,
        "language": conversation.language,
        "started_at": conversation.created_at.isoformat(),
        "messages": [{"at": m.at.isoformat(), "author": m.author, "kind": m.kind, "text": m.text} for m in messages],
        "questions": [{"at": q.at.isoformat(), "kind": q.kind, "text": q.text} for q in questions],
        "drafts": [d for d in (conversation.state.get("form"), conversation.state.get("paused")) if d],
        "attachments": [{"at": a.at.isoformat(), **attachments.as_json(a)} for a in files],
        "intakes": [await intakes.show(session, r) for r in references.all()],
    }
    content = json.dumps(data, ensure_ascii=False, indent=2).encode()
    return Export(f"i2pcc-{conversation.id[:8]}.json", content)
