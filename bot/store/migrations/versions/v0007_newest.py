"""The newest intakes and the open questions are found without looking at all others."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OPEN = sa.text("status = 'open'")


def upgrade() -> None:
    op.create_index("ix_intakes_created_at", "intakes", ["created_at"])
    op.create_index("ix_questions_open", "questions", ["id"], sqlite_where=_OPEN, postgresql_where=_OPEN)


def downgrade() -> None:
    op.drop_index("ix_questions_open", "questions")
    op.drop_index("ix_intakes_created_at", "intakes")
