"""Users, plans, subscriptions, billed periods, billing runs, idempotency keys."""

from alembic import op

revision = "subscription_0001"
down_revision = None
branch_labels = ("subscription",)
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE users (
          id varchar(255) PRIMARY KEY,
          time_zone varchar(64) NOT NULL,
          changed_at timestamptz NOT NULL)""")
    op.execute("""
        CREATE TABLE plans (
          id varchar(64) PRIMARY KEY,
          name varchar(200) NOT NULL,
          amount_minor bigint NOT NULL CHECK (amount_minor > 0),
          currency varchar(3) NOT NULL,
          interval varchar(10) NOT NULL CHECK (interval IN ('day', 'week', 'month', 'year')),
          interval_count int NOT NULL CHECK (interval_count BETWEEN 1 AND 366))""")
    op.execute("""
        CREATE TABLE subscriptions (
          id uuid PRIMARY KEY,
          user_id varchar(255) NOT NULL REFERENCES users,
          plan_id varchar(64) NOT NULL REFERENCES plans,
          description varchar(200) NOT NULL,
          amount_minor bigint NOT NULL CHECK (amount_minor > 0),
          currency varchar(3) NOT NULL,
          interval varchar(10) NOT NULL CHECK (interval IN ('day', 'week', 'month', 'year')),
          interval_count int NOT NULL CHECK (interval_count BETWEEN 1 AND 366),
          anchor date NOT NULL,
          time_zone varchar(64) NOT NULL,
          started_at timestamptz NOT NULL,
          state varchar(10) NOT NULL CHECK (state IN ('active', 'cancelling', 'cancelled')),
          next_period int NOT NULL CHECK (next_period >= 0),
          ends_at timestamptz,
          next_due_at timestamptz,
          CHECK ((state = 'active') = (ends_at IS NULL)),
          CHECK (state = 'cancelled' OR next_due_at IS NOT NULL))""")
    op.execute("CREATE INDEX subscriptions_due ON subscriptions (next_due_at, id) WHERE next_due_at IS NOT NULL")
    op.execute("CREATE INDEX subscriptions_of_user ON subscriptions (user_id, id)")
    op.execute("""
        CREATE TABLE billed_periods (
          payment_id uuid PRIMARY KEY,
          subscription_id uuid NOT NULL REFERENCES subscriptions,
          period_start date NOT NULL,
          period_end date NOT NULL CHECK (period_end > period_start),
          billed_at timestamptz NOT NULL,
          UNIQUE (subscription_id, period_start))""")
    op.execute("""
        CREATE TABLE billing_runs (
          id uuid PRIMARY KEY,
          asked_at timestamptz NOT NULL,
          state varchar(10) NOT NULL CHECK (state IN ('running', 'finished')),
          due int NOT NULL CHECK (due >= 0),
          requested int NOT NULL CHECK (requested >= 0),
          finished_at timestamptz,
          CHECK ((state = 'finished') = (finished_at IS NOT NULL)))""")
    op.execute("CREATE INDEX billing_runs_running ON billing_runs (asked_at) WHERE state = 'running'")
    op.execute("""
        CREATE TABLE idempotency_keys (
          scope varchar(64) PRIMARY KEY,
          fingerprint varchar(64) NOT NULL,
          status int NOT NULL CHECK (status BETWEEN 100 AND 599),
          body text NOT NULL,
          stored_at timestamptz NOT NULL)""")
    op.execute("CREATE INDEX idempotency_keys_stored_at ON idempotency_keys (stored_at)")


def downgrade() -> None:
    for table in ("idempotency_keys", "billing_runs", "billed_periods", "subscriptions", "plans", "users"):
        op.execute(f"DROP TABLE {table}")
