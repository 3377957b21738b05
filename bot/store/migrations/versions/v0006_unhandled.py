"""Updates that nobody handled yet are found without looking at all others."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_UNHANDLED = sa.text("handled_at IS NULL")


def upgrade() -> None:
    op.create_index("ix_inbox_unhandled", "inbox", ["id"], sqlite_where=_UNHANDLED, postgresql_where=_UNHANDLED)


def downgrade() -> None:
    op.drop_index("ix_inbox_unhandled", "inbox")
