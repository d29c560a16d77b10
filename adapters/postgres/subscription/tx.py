"""One transaction in the subscription role's database."""

from collections.abc import Sequence

from adapters.postgres.idempotency import PostgresIdempotencyKeys
from adapters.postgres.subscription.collections import (
    PostgresBilledPeriods,
    PostgresBillingRuns,
    PostgresPlans,
    PostgresSubscriptions,
    PostgresUsers,
)
from adapters.postgres.unit_of_work import Parts, PostgresTx
from core.contracts.message import Message
from core.contracts.users import UserChanged


class PostgresSubscriptionTx(PostgresTx):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.users = self.own(PostgresUsers(self.db))
        self.plans = self.own(PostgresPlans(self.db))
        self.subscriptions = self.own(PostgresSubscriptions(self.db))
        self.billed_periods = self.own(PostgresBilledPeriods(self.db))
        self.billing_runs = self.own(PostgresBillingRuns(self.db))
        self.idempotency = PostgresIdempotencyKeys(self.sql, self.now)

    async def preload(self, messages: Sequence[Message]) -> None:
        await self.users.preload(message.user_id for message in messages if isinstance(message, UserChanged))
