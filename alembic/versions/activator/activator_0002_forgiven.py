"""A payment that was written off is owed no longer, and may be heard of before its failure."""

from alembic import op

revision = "activator_0002"
down_revision = "activator_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _allow("'failed', 'forgiven', 'succeeded'", "outcome <> 'failed'")


def downgrade() -> None:
    op.execute("UPDATE payment_facts SET outcome = 'succeeded' WHERE outcome = 'forgiven'")
    _allow("'failed', 'succeeded'", "outcome = 'succeeded'")


def _allow(words: str, settled: str) -> None:
    op.execute(f"""
        ALTER TABLE payment_facts
          DROP CONSTRAINT payment_facts_outcome_check,
          DROP CONSTRAINT payment_facts_check,
          ADD CONSTRAINT payment_facts_outcome_check CHECK (outcome IN ({words})),
          ADD CONSTRAINT payment_facts_check CHECK ({settled} OR unpaid_since IS NOT NULL)""")
