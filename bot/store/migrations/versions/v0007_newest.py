"""What is newest, open or of one conversation is found without looking at all others."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_CONTINUED = sa.text("continued_in IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_intakes_created_at", "intakes", ["created_at"])
    op.create_index("ix_questions_status", "questions", ["status", "id"])
    op.create_index("ix_outbox_conversation_id", "outbox", ["conversation_id"])
    op.drop_index("ix_conversations_continued_in", "conversations")
    op.create_index(
        "ix_conversations_continued_in",
        "conversations",
        ["continued_in"],
        sqlite_where=_CONTINUED,
        postgresql_where=_CONTINUED,
    )


def downgrade() -> None:
    op.drop_index("ix_conversations_continued_in", "conversations")
    op.create_index("ix_conversations_continued_in", "conversations", ["continued_in"])
    op.drop_index("ix_outbox_conversation_id", "outbox")
    op.drop_index("ix_questions_status", "questions")
    op.drop_index("ix_intakes_created_at", "intakes")
