"""Conversations that go on in another channel: codes, wrong codes, and where a conversation was continued."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "codes",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"]),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "code_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_code_attempts_at", "code_attempts", ["at"])
    op.add_column("conversations", sa.Column("continued_in", sa.Text(), nullable=True))
    op.create_index("ix_conversations_continued_in", "conversations", ["continued_in"])


def downgrade() -> None:
    op.drop_index("ix_conversations_continued_in", "conversations")
    op.drop_column("conversations", "continued_in")
    op.drop_table("code_attempts")
    op.drop_table("codes")
