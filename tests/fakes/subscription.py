"""The subscription role's transaction in memory."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from core.contracts.payment_requests import PaymentRequested
from core.kernel.ids import UserId
from core.kernel.money import Money
from core.subscription.calendar import Interval, Recurrence
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
    locked_by_others = False

    async def claim_due(self, now: datetime, most: int) -> Sequence[Subscription]:
        due = [] if self.locked_by_others else self._due(now)
        return sorted(due, key=lambda thing: (str(thing.due_at), thing.id))[:most]

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


class InMemorySubscriptionReads:
    def __init__(self, tx: InMemorySubscriptionTx) -> None:
        self._tx = tx

    async def plans(self, after: str | None, most: int) -> Sequence[Plan]:
        return [plan for plan in _sorted(self._tx.plans) if after is None or plan.id > after][:most]

    async def subscriptions(self, user_id: str | None, after: UUID | None, most: int) -> Sequence[Subscription]:
        mine = [thing for thing in _sorted(self._tx.subscriptions) if user_id in (None, thing.user_id)]
        return [thing for thing in mine if after is None or thing.id > after][:most]

    async def subscription(self, subscription_id: UUID, user_id: str | None) -> Subscription | None:
        thing = await self._tx.subscriptions.find(SubscriptionId(subscription_id))
        return thing if thing and user_id in (None, thing.user_id) else None

    async def billing_run(self, run_id: UUID) -> BillingRun | None:
        return await self._tx.billing_runs.find(BillingRunId(run_id))


def _sorted(things: InMemoryCollection[Any, Any]) -> list[Any]:
    return sorted(things.all(), key=lambda thing: thing.id)


ADA = UserId("ada")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def plan(interval: Interval = Interval.MONTH, count: int = 1, price: str = "9.99", currency: str = "EUR") -> Plan:
    amount = Money.parse(price, currency)
    return Plan(PlanId(f"{interval}-{count}"), f"Every {count} {interval}", amount, Recurrence(interval, count))


def subscriber(time_zone: str = "Europe/Berlin") -> User:
    return User(ADA, time_zone, LONG_AGO)


def ready(offered: Plan, now: datetime = NOON, time_zone: str = "Europe/Berlin") -> InMemorySubscriptionTx:
    """A role that knows Ada and one plan."""
    tx = InMemorySubscriptionTx(now)
    tx.users.save(subscriber(time_zone))
    tx.plans.save(offered)
    return tx


def starts(tx: InMemorySubscriptionTx) -> list[date | None]:
    """The first days of all periods that were asked to be paid, in the order of asking."""
    return [message.period_start for message in tx.outbox.of(PaymentRequested)]
