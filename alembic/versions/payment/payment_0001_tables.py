"""Users, cards, payments with attempts and refunds, reminders, the book of transactions, idempotency keys."""

from alembic import op

revision = "payment_0001"
down_revision = None
branch_labels = ("payment",)
depends_on = None

DECLINES = """'insufficient_funds', 'do_not_honor', 'expired_card', 'lost_or_stolen', 'authentication_required',
    'invalid_card', 'limit_exceeded', 'fraud_suspected', 'provider_refused', 'no_card', 'unknown_user',
    'currency_not_supported', 'not_attempted'"""


def upgrade() -> None:
    op.execute(f"""
        CREATE TABLE cards (
          id uuid PRIMARY KEY,
          user_id varchar(255) NOT NULL,
          gateway varchar(64) NOT NULL,
          state varchar(10) NOT NULL CHECK (
            state IN ('validating', 'active', 'refused', 'expired', 'replaced', 'forgotten')),
          asked_at timestamptz NOT NULL,
          expires_at timestamptz NOT NULL,
          token varchar(255),
          brand varchar(64),
          last4 varchar(4),
          expiry_year int,
          expiry_month int CHECK (expiry_month BETWEEN 1 AND 12),
          fingerprint varchar(255),
          decline varchar(30) CHECK (decline IN ({DECLINES})),
          default_wanted boolean NOT NULL,
          CHECK (state <> 'active' OR token <> '' AND fingerprint <> ''),
          CHECK (state NOT IN ('replaced', 'forgotten') OR coalesce(token, '') = ''),
          CHECK ((state = 'refused') = (decline IS NOT NULL)))""")
    op.execute("""
        CREATE UNIQUE INDEX cards_active_once ON cards (user_id, gateway, fingerprint) WHERE state = 'active'""")
    op.execute("CREATE INDEX cards_of_user ON cards (user_id, asked_at, id)")
    op.execute("CREATE INDEX cards_validating ON cards (expires_at, id) WHERE state = 'validating'")
    op.execute("""
        CREATE TABLE users (
          id varchar(255) PRIMARY KEY,
          changed_at timestamptz,
          default_card_id uuid REFERENCES cards DEFERRABLE INITIALLY DEFERRED)""")
    op.execute(f"""
        CREATE TABLE payments (
          id uuid PRIMARY KEY,
          source varchar(100) NOT NULL,
          request_id varchar(255) NOT NULL,
          user_id varchar(255) NOT NULL,
          amount_minor bigint NOT NULL CHECK (amount_minor > 0),
          currency varchar(3) NOT NULL,
          description varchar(1000) NOT NULL,
          period_start date,
          period_end date,
          requested_at timestamptz NOT NULL,
          state varchar(20) NOT NULL CHECK (
            state IN ('requested', 'charging', 'unknown', 'failed', 'succeeded', 'partly_refunded', 'refunded',
              'disputed', 'written_off', 'cancelled')),
          decline varchar(30) CHECK (decline IN ({DECLINES})),
          closed varchar(20) CHECK (closed IN ('written_off', 'cancelled', 'disputed')),
          closed_at timestamptz,
          retry_at timestamptz,
          UNIQUE (source, request_id),
          CHECK ((closed IS NULL) = (closed_at IS NULL)),
          CHECK (state <> 'failed' OR decline IS NOT NULL),
          CHECK (state = 'failed' OR retry_at IS NULL))""")
    op.execute("CREATE INDEX payments_of_user ON payments (user_id, requested_at DESC, id DESC)")
    op.execute("CREATE INDEX payments_newest ON payments (requested_at DESC, id DESC)")
    op.execute("CREATE INDEX payments_retry ON payments (retry_at, id) WHERE retry_at IS NOT NULL")
    op.execute("CREATE INDEX payments_failed ON payments (user_id, requested_at, id) WHERE state = 'failed'")
    op.execute(f"""
        CREATE TABLE attempts (
          key varchar(60) PRIMARY KEY,
          payment_id uuid NOT NULL REFERENCES payments DEFERRABLE INITIALLY DEFERRED,
          number int NOT NULL CHECK (number >= 0),
          state varchar(20) NOT NULL CHECK (
            state IN ('submitting', 'pending', 'unknown', 'manual_review', 'declined', 'not_attempted', 'succeeded')),
          gateway varchar(64) NOT NULL,
          card_id uuid REFERENCES cards DEFERRABLE INITIALLY DEFERRED,
          card_label varchar(100) NOT NULL,
          origin varchar(10) NOT NULL CHECK (origin IN ('request', 'retry', 'new_card', 'manual')),
          decline varchar(30) CHECK (decline IN ({DECLINES})),
          detail text NOT NULL,
          reference varchar(255) NOT NULL,
          started_at timestamptz NOT NULL,
          settled_at timestamptz,
          UNIQUE (payment_id, number),
          CHECK ((state IN ('declined', 'not_attempted')) = (decline IS NOT NULL)),
          CHECK ((state IN ('declined', 'not_attempted', 'succeeded')) = (settled_at IS NOT NULL)))""")
    op.execute("""
        CREATE UNIQUE INDEX attempts_one_claim ON attempts (payment_id)
        WHERE state IN ('submitting', 'pending', 'unknown', 'manual_review', 'succeeded')""")
    op.execute("CREATE INDEX attempts_of_card ON attempts (card_id, started_at)")
    op.execute(f"""
        CREATE TABLE refunds (
          key varchar(60) PRIMARY KEY,
          payment_id uuid NOT NULL REFERENCES payments DEFERRABLE INITIALLY DEFERRED,
          number int NOT NULL CHECK (number >= 1),
          attempt_no int NOT NULL,
          amount_minor bigint NOT NULL CHECK (amount_minor > 0),
          ordered_at timestamptz NOT NULL,
          state varchar(20) NOT NULL CHECK (
            state IN ('submitting', 'pending', 'unknown', 'manual_review', 'declined', 'not_attempted', 'succeeded')),
          reason varchar(30) CHECK (reason IN ({DECLINES})),
          detail text NOT NULL,
          reference varchar(255) NOT NULL,
          settled_at timestamptz,
          UNIQUE (payment_id, number),
          CHECK ((state IN ('declined', 'not_attempted')) = (reason IS NOT NULL)),
          CHECK ((state IN ('declined', 'not_attempted', 'succeeded')) = (settled_at IS NOT NULL)),
          FOREIGN KEY (payment_id, attempt_no) REFERENCES attempts (payment_id, number)
            DEFERRABLE INITIALLY DEFERRED)""")
    op.execute("""
        CREATE TABLE reminders (
          payment_id uuid PRIMARY KEY REFERENCES payments DEFERRABLE INITIALLY DEFERRED,
          user_id varchar(255) NOT NULL,
          since timestamptz NOT NULL,
          next_at timestamptz,
          sent int NOT NULL CHECK (sent >= 0))""")
    op.execute("CREATE INDEX reminders_due ON reminders (next_at, payment_id) WHERE next_at IS NOT NULL")
    op.execute("""
        CREATE TABLE transactions (
          key varchar(80) PRIMARY KEY,
          payment_id uuid NOT NULL REFERENCES payments DEFERRABLE INITIALLY DEFERRED,
          attempt_no int NOT NULL CHECK (attempt_no >= 0),
          kind varchar(10) NOT NULL CHECK (kind IN ('charge', 'refund', 'decline')),
          refund_no int NOT NULL CHECK ((kind = 'refund') = (refund_no > 0)),
          amount_minor bigint NOT NULL CHECK (amount_minor > 0),
          currency varchar(3) NOT NULL,
          gateway varchar(64) NOT NULL,
          reference varchar(255) NOT NULL,
          occurred_at timestamptz NOT NULL,
          UNIQUE (payment_id, attempt_no, kind, refund_no))""")
    op.execute("""
        CREATE FUNCTION transactions_are_kept() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'transactions are only ever added'; END $$""")
    op.execute("""
        CREATE TRIGGER transactions_are_kept BEFORE UPDATE OR DELETE ON transactions
        FOR EACH ROW EXECUTE FUNCTION transactions_are_kept()""")
    op.execute("""
        CREATE TABLE idempotency_keys (
          scope varchar(64) PRIMARY KEY,
          fingerprint varchar(64) NOT NULL,
          status int NOT NULL CHECK (status BETWEEN 100 AND 599),
          body text NOT NULL,
          stored_at timestamptz NOT NULL)""")
    op.execute("CREATE INDEX idempotency_keys_stored_at ON idempotency_keys (stored_at)")


def downgrade() -> None:
    for table in ("idempotency_keys", "transactions", "reminders", "refunds", "attempts", "payments", "users", "cards"):
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP FUNCTION transactions_are_kept")
