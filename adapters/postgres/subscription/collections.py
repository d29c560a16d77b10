"""The subscription role's tables under the ports of core."""

from collections.abc import Sequence
from datetime import datetime

from tortoise.backends.asyncpg.client import TransactionWrapper

from adapters.postgres.collection import TableCollection, insert
from adapters.postgres.sql import Sql
from adapters.postgres.subscription import mapping
from adapters.postgres.subscription.rows import BilledPeriodRow, BillingRunRow, PlanRow, SubscriptionRow, UserRow
from core.kernel.ids import UserId
from core.subscription.model import (
    BilledPeriod,
    BillingRun,
    BillingRunId,
    Plan,
    PlanId,
    RunState,
    Subscription,
    SubscriptionId,
    User,
)
from core.subscription.ports import PeriodKey


class PostgresUsers(TableCollection[UserId, User, UserRow]):
    row = UserRow

    def key(self, thing: User) -> UserId:
        return thing.id

    def to_row(self, thing: User) -> UserRow:
        return mapping.user_row(thing)

    def from_row(self, row: UserRow) -> User:
        return mapping.user(row)


class PostgresPlans(TableCollection[PlanId, Plan, PlanRow]):
    row = PlanRow

    def key(self, thing: Plan) -> PlanId:
        return thing.id

    def to_row(self, thing: Plan) -> PlanRow:
        return mapping.plan_row(thing)

    def from_row(self, row: PlanRow) -> Plan:
        return mapping.plan(row)


class PostgresSubscriptions(TableCollection[SubscriptionId, Subscription, SubscriptionRow]):
    row = SubscriptionRow

    def key(self, thing: Subscription) -> SubscriptionId:
        return thing.id

    def to_row(self, thing: Subscription) -> SubscriptionRow:
        return mapping.subscription_row(thing)

    def from_row(self, row: SubscriptionRow) -> Subscription:
        return mapping.subscription(row)

    async def claim_due(self, now: datetime, most: int) -> Sequence[Subscription]:
        due = SubscriptionRow.filter(next_due_at__lte=now).order_by("next_due_at", "id").limit(most)
        rows = await due.select_for_update(skip_locked=True).using_db(self.db)
        return self.remember(map(self.from_row, rows))

    async def count_due(self, now: datetime) -> int:
        return await SubscriptionRow.filter(next_due_at__lte=now).using_db(self.db).count()


_BILLED = """
SELECT subscription_id, period_start FROM billed_periods
WHERE (subscription_id, period_start) IN (SELECT * FROM unnest($1::uuid[], $2::date[]))
"""


class PostgresBilledPeriods:
    """Only ever grows. A second entry for a period loses the race, and the next try sees the first."""

    def __init__(self, db: TransactionWrapper) -> None:
        self._db = db
        self._sql: Sql = db._connection
        self._new: list[BilledPeriod] = []

    async def among(self, keys: Sequence[PeriodKey]) -> set[PeriodKey]:
        rows = await self._sql.fetch(_BILLED, [key for key, _ in keys], [start for _, start in keys])
        return {(SubscriptionId(row["subscription_id"]), row["period_start"]) for row in rows}

    def save(self, thing: BilledPeriod) -> None:
        self._new.append(thing)

    async def flush(self) -> int:
        new, self._new = self._new, []
        await insert(BilledPeriodRow, [mapping.billed_period_row(thing) for thing in new], self._db)
        return len(new)


class PostgresBillingRuns(TableCollection[BillingRunId, BillingRun, BillingRunRow]):
    row = BillingRunRow

    def key(self, thing: BillingRun) -> BillingRunId:
        return thing.id

    def to_row(self, thing: BillingRun) -> BillingRunRow:
        return mapping.billing_run_row(thing)

    def from_row(self, row: BillingRunRow) -> BillingRun:
        return mapping.billing_run(row)

    async def running(self) -> Sequence[BillingRun]:
        rows = BillingRunRow.filter(state=RunState.RUNNING.value).order_by("asked_at", "id")
        return self.remember(map(self.from_row, await rows.select_for_update().using_db(self.db)))
