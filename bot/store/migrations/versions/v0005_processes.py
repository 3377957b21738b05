"""Several processes on PostgreSQL: who sends an outbox row, and word of what was committed."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_FUNCTION = "CREATE FUNCTION {0}() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM pg_notify('{0}', {1}); RETURN NULL; END$$"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("leased_by", sa.Integer(), nullable=True))
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(_FUNCTION.format("i2pcc_conversation", "NEW.id"))
    op.execute(_FUNCTION.format("i2pcc_outbox", "NEW.lane"))
    op.execute(
        "CREATE TRIGGER said AFTER UPDATE ON conversations FOR EACH ROW"
        " WHEN (OLD.last_seq IS DISTINCT FROM NEW.last_seq OR OLD.owner IS DISTINCT FROM NEW.owner)"
        " EXECUTE FUNCTION i2pcc_conversation()"
    )
    op.execute("CREATE TRIGGER added AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION i2pcc_outbox()")
    op.execute(
        "CREATE TRIGGER replayed AFTER UPDATE ON outbox FOR EACH ROW"
        " WHEN (OLD.status <> 'pending' AND NEW.status = 'pending') EXECUTE FUNCTION i2pcc_outbox()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION i2pcc_outbox() CASCADE")
        op.execute("DROP FUNCTION i2pcc_conversation() CASCADE")
    op.drop_column("outbox", "leased_by")
