"""Users, payment facts, accesses."""

from alembic import op

revision = "activator_0001"
down_revision = None
branch_labels = ("activator",)
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE users (id varchar(255) PRIMARY KEY, changed_at timestamptz NOT NULL)")
    # No reference to users: what came of a payment may be heard before its user is.
    op.execute("""
        CREATE TABLE payment_facts (
          payment_id uuid PRIMARY KEY,
          user_id varchar(255) NOT NULL,
          attempt_no int NOT NULL CHECK (attempt_no >= 0),
          outcome varchar(10) NOT NULL CHECK (outcome IN ('failed', 'succeeded')),
          occurred_at timestamptz NOT NULL,
          unpaid_since timestamptz,
          CHECK (outcome = 'succeeded' OR unpaid_since IS NOT NULL))""")
    op.execute("CREATE INDEX payment_facts_unpaid ON payment_facts (user_id) WHERE outcome = 'failed'")
    op.execute("""
        CREATE TABLE accesses (
          user_id varchar(255) PRIMARY KEY,
          state varchar(10) NOT NULL CHECK (state IN ('clear', 'warned', 'limited', 'blocked', 'cancelled')),
          since timestamptz,
          reasons text[] NOT NULL,
          available_at timestamptz,
          CHECK ((state IN ('blocked', 'cancelled')) = (since IS NOT NULL)))""")
    op.execute("CREATE INDEX accesses_due ON accesses (available_at, user_id) WHERE available_at IS NOT NULL")


def downgrade() -> None:
    for table in ("accesses", "payment_facts", "users"):
        op.execute(f"DROP TABLE {table}")
