"""Users, invoices with their numbers, notices."""

from alembic import op

revision = "notifier_0001"
down_revision = None
branch_labels = ("notifier",)
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE users (
          id varchar(255) PRIMARY KEY,
          changed_at timestamptz NOT NULL,
          party jsonb NOT NULL,
          locale text NOT NULL,
          time_zone text NOT NULL)""")
    op.execute("""
        CREATE TABLE invoice_series (
          key varchar(120) PRIMARY KEY, last_serial int NOT NULL CHECK (last_serial >= 1))""")
    # No reference to users: what was paid may be heard before its payer is.
    op.execute("""
        CREATE TABLE invoices (
          payment_id uuid PRIMARY KEY,
          user_id varchar(255) NOT NULL,
          amount_minor bigint NOT NULL,
          currency varchar(3) NOT NULL,
          description text NOT NULL,
          period_start date,
          period_end date,
          reference text NOT NULL,
          card_label text NOT NULL,
          paid_at timestamptz NOT NULL,
          state varchar(20) NOT NULL CHECK (state IN ('waiting', 'issued', 'filed', 'unprintable')),
          available_at timestamptz,
          tries int NOT NULL CHECK (tries >= 0),
          detail text NOT NULL,
          number varchar(120) UNIQUE,
          series varchar(100),
          year int,
          serial int CHECK (serial >= 1),
          issued_at timestamptz,
          buyer jsonb,
          locale text,
          time_zone text,
          file_key varchar(200) UNIQUE,
          file_sha256 varchar(64),
          file_size bigint CHECK (file_size > 0),
          correlation_id text NOT NULL,
          UNIQUE (series, year, serial),
          CHECK ((state = 'waiting') = (number IS NULL)),
          CHECK (num_nulls(number, series, year, serial, issued_at, buyer, locale, time_zone) IN (0, 8)),
          CHECK ((state = 'filed') = (file_key IS NOT NULL)),
          CHECK (num_nulls(file_key, file_sha256, file_size) IN (0, 3)),
          CHECK ((state IN ('filed', 'unprintable')) = (available_at IS NULL)))""")
    op.execute("CREATE INDEX invoices_due ON invoices (available_at, payment_id) WHERE available_at IS NOT NULL")
    op.execute("CREATE INDEX invoices_of_user ON invoices (user_id, issued_at, payment_id)")
    op.execute("CREATE INDEX invoices_by_time ON invoices (issued_at, payment_id)")
    op.execute("CREATE INDEX invoices_waiting ON invoices (user_id) WHERE state = 'waiting'")
    # No reference to invoices: most notices are about payments that have none.
    op.execute("""
        CREATE TABLE notices (
          id uuid PRIMARY KEY,
          event varchar(255) NOT NULL,
          channel varchar(10) NOT NULL CHECK (channel IN ('email', 'sms')),
          user_id varchar(255) NOT NULL,
          kind varchar(20) NOT NULL
            CHECK (kind IN ('invoice', 'payment_failed', 'reminder', 'card_refused', 'card_expired')),
          at timestamptz NOT NULL,
          payment_id uuid,
          amount_minor bigint,
          currency varchar(3),
          description text NOT NULL,
          reason text NOT NULL,
          card text NOT NULL,
          state varchar(20) NOT NULL
            CHECK (state IN ('pending', 'sending', 'sent', 'refused', 'ambiguous', 'gave_up', 'skipped')),
          available_at timestamptz,
          tries int NOT NULL CHECK (tries >= 0),
          detail text NOT NULL,
          correlation_id text NOT NULL,
          UNIQUE (event, channel, user_id),
          CHECK ((amount_minor IS NULL) = (currency IS NULL)),
          CHECK ((state IN ('pending', 'sending')) = (available_at IS NOT NULL)))""")
    op.execute("CREATE INDEX notices_due ON notices (available_at, id) WHERE available_at IS NOT NULL")
    op.execute("CREATE INDEX notices_pending ON notices (user_id) WHERE state = 'pending'")


def downgrade() -> None:
    for table in ("notices", "invoices", "invoice_series", "users"):
        op.execute(f"DROP TABLE {table}")
