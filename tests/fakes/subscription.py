"""The subscription role's transaction in memory."""

from collections.abc import Sequence
from datetime import datetime

from core.kernel.ids import UserId
from core.subscription.model import (
    BilledPeriod,
    BillingRun,
    BillingRunId,
    Plan,
    PlanId,
    Subscription,
    SubscriptionId,
    User,
)
from core.subscription.ports import PeriodKey
from tests.fakes.memory import NOON, InMemoryCollection, InMemoryTx


class InMemorySubscriptions(InMemoryCollection[SubscriptionId, Subscription]):
    async def claim_due(self, now: datetime, most: int) -> Sequence[Subscription]:
        return sorted(self._due(now), key=lambda thing: (thing.due_at, thing.id))[:most]

    async def count_due(self, now: datetime) -> int:
        return len(self._due(now))

    def _due(self, now: datetime) -> list[Subscription]:
        return [thing for thing in self.all() if thing.due_at is not None and thing.due_at <= now]


class InMemoryBilledPeriods(InMemoryCollection[PeriodKey, BilledPeriod]):
    async def among(self, keys: Sequence[PeriodKey]) -> set[PeriodKey]:
        return {key for key in keys if key in self.things}


class InMemoryBillingRuns(InMemoryCollection[BillingRunId, BillingRun]):
    async def running(self) -> Sequence[BillingRun]:
        return [run for run in self.all() if run.finished_at is None]


class InMemorySubscriptionTx(InMemoryTx):
    def __init__(self, now: datetime = NOON) -> None:
        super().__init__(now)
        self.users = InMemoryCollection[UserId, User](lambda user: user.id)
        self.plans = InMemoryCollection[PlanId, Plan](lambda plan: plan.id)
        self.subscriptions = InMemorySubscriptions(lambda subscription: subscription.id)
        self.billed_periods = InMemoryBilledPeriods(lambda period: (period.subscription_id, period.start))
        self.billing_runs = InMemoryBillingRuns(lambda run: run.id)
