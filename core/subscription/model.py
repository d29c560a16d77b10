"""Plans, subscriptions, billing runs."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from core.kernel.ids import PaymentId, UserId
from core.kernel.money import Money
from core.kernel.trouble import Conflict, Malformed
from core.subscription.calendar import Calendar, Period, Recurrence

PlanId = NewType("PlanId", str)
"""A name the operator chooses, such as "monthly-eur"."""

SubscriptionId = NewType("SubscriptionId", UUID)
BillingRunId = NewType("BillingRunId", UUID)


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may subscribe, as of `changed_at`."""

    id: UserId
    time_zone: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """What is offered: this amount for each period. A plan never changes; another price is another plan."""

    id: PlanId
    name: str
    amount: Money
    recurrence: Recurrence

    def __post_init__(self) -> None:
        if self.amount.minor <= 0:
            raise Malformed("a plan costs something")


class SubscriptionState(StrEnum):
    ACTIVE = "active"
    CANCELLING = "cancelling"
    """Paid for to its end, and then no further."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A user's plan. Amount, words and time zone are those of the start. Periods before `next_period` are billed;
    none that starts at `ends_at` or later ever will be."""

    id: SubscriptionId
    user_id: UserId
    plan_id: PlanId
    description: str
    amount: Money
    calendar: Calendar
    started_at: datetime
    state: SubscriptionState = SubscriptionState.ACTIVE
    next_period: int = 0
    ends_at: datetime | None = None

    @property
    def upcoming(self) -> Period:
        """The first period that is not billed."""
        return self.calendar.period(self.next_period)

    @property
    def due_at(self) -> datetime | None:
        """When there is something to do: bill a period, or end. None is never."""
        due_at = self.upcoming.due_at
        if self.ends_at is None or due_at < self.ends_at:
            return due_at
        return self.ends_at if self.state is SubscriptionState.CANCELLING else None

    def due(self, now: datetime, most: int) -> tuple[Period, ...]:
        """The unbilled periods that have begun, oldest first, at most so many."""
        periods: list[Period] = []
        period = self.upcoming
        while len(periods) < most and period.due_at <= now and (self.ends_at is None or period.due_at < self.ends_at):
            periods.append(period)
            period = self.calendar.period(period.index + 1)
        return tuple(periods)

    def billed(self, periods: int, now: datetime) -> "Subscription":
        """So many more periods are billed; an end that is reached takes effect."""
        advanced = replace(self, next_period=self.next_period + periods)
        ended = self.ends_at is not None and advanced.due_at == self.ends_at <= now
        return replace(advanced, state=SubscriptionState.CANCELLED) if ended else advanced

    def cancelled(self, now: datetime) -> "Subscription":
        """Ended now: what began before is still owed."""
        if self.state is SubscriptionState.CANCELLED:
            return self
        return replace(self, state=SubscriptionState.CANCELLED, ends_at=min(now, self.ends_at or now))

    def cancelling(self, now: datetime) -> "Subscription":
        """To end with the period that runs now."""
        if self.state is not SubscriptionState.ACTIVE:
            return self
        return replace(self, state=SubscriptionState.CANCELLING, ends_at=self._next_start(now))

    def resumed(self, now: datetime) -> "Subscription":
        """As if it had never been cancelled. Raises `Conflict` when it has ended."""
        if self.state is SubscriptionState.ACTIVE:
            return self
        if self.state is SubscriptionState.CANCELLED or (self.ends_at is not None and self.ends_at <= now):
            raise Conflict("this subscription has ended")
        return replace(self, state=SubscriptionState.ACTIVE, ends_at=None)

    def _next_start(self, now: datetime) -> datetime:
        index = self.next_period
        while (period := self.calendar.period(index)).due_at <= now:
            index += 1
        return period.due_at


@dataclass(frozen=True, slots=True)
class BilledPeriod:
    """A period that became this payment request."""

    payment_id: PaymentId
    subscription_id: SubscriptionId
    start: date
    end: date
    billed_at: datetime


class RunState(StrEnum):
    RUNNING = "running"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class BillingRun:
    """Somebody asked that all be billed that was due at `asked_at`: `due` subscriptions. `requested` counts the payment
    requests made while it ran."""

    id: BillingRunId
    asked_at: datetime
    due: int
    requested: int = 0
    finished_at: datetime | None = None

    @property
    def state(self) -> RunState:
        return RunState.RUNNING if self.finished_at is None else RunState.FINISHED

    def progressed(self, requested: int) -> "BillingRun":
        return replace(self, requested=self.requested + requested)

    def finished(self, at: datetime) -> "BillingRun":
        return replace(self, finished_at=at)
