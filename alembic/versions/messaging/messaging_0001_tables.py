"""Inbox, outbox, retries and sequences: the tables every role has."""

from alembic import op

revision = "messaging_0001"
down_revision = None
branch_labels = ("messaging",)
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE inbox (key varchar(400) PRIMARY KEY, handled_at timestamptz NOT NULL)")
    op.execute("CREATE INDEX inbox_handled_at ON inbox (handled_at)")
    op.execute("""
        CREATE TABLE outbox (
          position bigserial PRIMARY KEY,
          id uuid NOT NULL UNIQUE,
          exchange varchar(255) NOT NULL,
          routing_key varchar(255) NOT NULL,
          headers jsonb NOT NULL,
          body bytea NOT NULL,
          content_type varchar(100) NOT NULL,
          attempts int NOT NULL,
          last_error text,
          created_at timestamptz NOT NULL,
          available_at timestamptz NOT NULL,
          expires_at timestamptz)""")
    op.execute("CREATE INDEX outbox_available ON outbox (available_at, position)")
    op.execute("CREATE TABLE subject_sequences (subject varchar(255) PRIMARY KEY, number bigint NOT NULL)")
    op.execute("""
        CREATE TABLE retries (
          key varchar(400) PRIMARY KEY,
          queue varchar(255) NOT NULL,
          headers jsonb NOT NULL,
          body bytea NOT NULL,
          content_type varchar(100) NOT NULL,
          attempts int NOT NULL,
          reason text NOT NULL,
          available_at timestamptz NOT NULL)""")
    op.execute("CREATE INDEX retries_due ON retries (queue, available_at)")


def downgrade() -> None:
    for table in ("retries", "subject_sequences", "outbox", "inbox"):
        op.execute(f"DROP TABLE {table}")
