"""What people look at: plain reads that lock nothing."""

from collections.abc import Sequence
from uuid import UUID

from adapters.postgres.database import Database
from adapters.postgres.subscription import mapping
from adapters.postgres.subscription.rows import BillingRunRow, PlanRow, SubscriptionRow
from core.subscription.model import BillingRun, Plan, Subscription

_PLANS = "SELECT * FROM plans WHERE $1::text IS NULL OR id > $1 ORDER BY id LIMIT $2"
_SUBSCRIPTIONS = """
SELECT * FROM subscriptions
WHERE ($1::text IS NULL OR user_id = $1) AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
"""
_SUBSCRIPTION = "SELECT * FROM subscriptions WHERE id = $1 AND ($2::text IS NULL OR user_id = $2)"
_BILLING_RUN = "SELECT * FROM billing_runs WHERE id = $1"


class PostgresSubscriptionReads:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def plans(self, after: str | None, most: int) -> Sequence[Plan]:
        async with self._database.reading() as connection:
            return [mapping.plan(PlanRow(**row)) for row in await connection.fetch(_PLANS, after, most)]

    async def subscriptions(self, user_id: str | None, after: UUID | None, most: int) -> Sequence[Subscription]:
        async with self._database.reading() as connection:
            rows = await connection.fetch(_SUBSCRIPTIONS, user_id, after, most)
        return [mapping.subscription(SubscriptionRow(**row)) for row in rows]

    async def subscription(self, subscription_id: UUID, user_id: str | None) -> Subscription | None:
        async with self._database.reading() as connection:
            row = await connection.fetchrow(_SUBSCRIPTION, subscription_id, user_id)
        return mapping.subscription(SubscriptionRow(**row)) if row else None

    async def billing_run(self, run_id: UUID) -> BillingRun | None:
        async with self._database.reading() as connection:
            row = await connection.fetchrow(_BILLING_RUN, run_id)
        return mapping.billing_run(BillingRunRow(**row)) if row else None
