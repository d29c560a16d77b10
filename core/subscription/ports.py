"""What the subscription role needs from outside."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from core.kernel.ids import UserId
from core.messaging.ports import Collection, Tx
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

PeriodKey = tuple[SubscriptionId, date]


class Subscriptions(Collection[SubscriptionId, Subscription], Protocol):
    async def claim_due(self, now: datetime, most: int) -> Sequence[Subscription]:
        """Lock what has something to do by `now`, the longest due first, passing over what others have locked."""
        ...

    async def count_due(self, now: datetime) -> int:
        """How many have something to do by `now`, as others see it: locks do not matter, nor does this transaction."""
        ...


class BilledPeriods(Protocol):
    """One entry for (subscription, period start), for ever."""

    async def among(self, keys: Sequence[PeriodKey]) -> set[PeriodKey]:
        """Which of these are billed already."""
        ...

    def save(self, thing: BilledPeriod) -> None: ...


class BillingRuns(Collection[BillingRunId, BillingRun], Protocol):
    async def running(self) -> Sequence[BillingRun]:
        """All that are not finished, locked."""
        ...


class SubscriptionTx(Tx, Protocol):
    @property
    def users(self) -> Collection[UserId, User]: ...

    @property
    def plans(self) -> Collection[PlanId, Plan]: ...

    @property
    def subscriptions(self) -> Subscriptions: ...

    @property
    def billed_periods(self) -> BilledPeriods: ...

    @property
    def billing_runs(self) -> BillingRuns: ...


class SubscriptionReads(Protocol):
    """What people look at. Lists go by key, after the one given; `user_id` None is everybody."""

    async def plans(self, after: str | None, most: int) -> Sequence[Plan]: ...

    async def subscriptions(self, user_id: str | None, after: UUID | None, most: int) -> Sequence[Subscription]: ...

    async def subscription(self, subscription_id: UUID, user_id: str | None) -> Subscription | None: ...

    async def billing_run(self, run_id: UUID) -> BillingRun | None: ...
