"""The journals of charges and refunds."""

from alembic import op

revision = "gateway_0001"
down_revision = None
branch_labels = ("gateway",)
depends_on = None

STATES = "'ordered', 'submitting', 'pending', 'unknown', 'manual_review', 'declined', 'not_attempted', 'succeeded'"
DECLINES = """'insufficient_funds', 'do_not_honor', 'expired_card', 'lost_or_stolen', 'authentication_required',
    'invalid_card', 'limit_exceeded', 'fraud_suspected', 'provider_refused', 'no_card', 'unknown_user',
    'currency_not_supported', 'not_attempted'"""
PROGRESS = f"""
          state varchar(20) NOT NULL CHECK (state IN ({STATES})),
          changed_at timestamptz NOT NULL,
          available_at timestamptz,
          tries int NOT NULL CHECK (tries >= 0),
          queries int NOT NULL CHECK (queries >= 0),
          first_sent_at timestamptz,
          last_sent_at timestamptz,
          not_found_at timestamptz,
          resend boolean NOT NULL,
          reference text NOT NULL,
          decline varchar(40) CHECK (decline IN ({DECLINES})),
          detail text NOT NULL,
          CHECK ((state = 'declined') = (decline IS NOT NULL)),
          CHECK ((state IN ('manual_review', 'declined', 'not_attempted', 'succeeded')) = (available_at IS NULL)),
          CHECK ((tries = 0) = (first_sent_at IS NULL))"""


def upgrade() -> None:
    op.execute(f"""
        CREATE TABLE charges (
          key varchar(60) PRIMARY KEY,
          payment_id uuid NOT NULL,
          attempt_no int NOT NULL CHECK (attempt_no >= 1),
          gateway varchar(100) NOT NULL,
          user_id varchar(255) NOT NULL,
          amount_minor bigint NOT NULL,
          currency varchar(3) NOT NULL,
          description text NOT NULL,
          card_token text NOT NULL,
          card_label text NOT NULL,
          ordered_at timestamptz NOT NULL,
          source varchar(100) NOT NULL,
          request_id varchar(255) NOT NULL,
          period_start date,
          period_end date,
          correlation_id text NOT NULL,
          CHECK (key = payment_id || ':' || attempt_no),
          {PROGRESS})""")
    op.execute("CREATE INDEX charges_due ON charges (available_at, key) WHERE available_at IS NOT NULL")
    op.execute("CREATE INDEX charges_not_done ON charges (state, ordered_at, key) WHERE state <> 'succeeded'")
    # No reference to charges: an order to refund may be heard before the order to charge.
    op.execute(f"""
        CREATE TABLE refunds (
          key varchar(60) PRIMARY KEY,
          payment_id uuid NOT NULL,
          refund_no int NOT NULL CHECK (refund_no >= 1),
          attempt_no int NOT NULL CHECK (attempt_no >= 1),
          gateway varchar(100) NOT NULL,
          user_id varchar(255) NOT NULL,
          amount_minor bigint NOT NULL,
          currency varchar(3) NOT NULL,
          ordered_at timestamptz NOT NULL,
          correlation_id text NOT NULL,
          CHECK (key = payment_id || ':refund:' || refund_no),
          {PROGRESS})""")
    op.execute("CREATE INDEX refunds_due ON refunds (available_at, key) WHERE available_at IS NOT NULL")
    op.execute("CREATE INDEX refunds_not_done ON refunds (state, ordered_at, key) WHERE state <> 'succeeded'")


def downgrade() -> None:
    for table in ("refunds", "charges"):
        op.execute(f"DROP TABLE {table}")
