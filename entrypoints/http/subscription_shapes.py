"""What travels between people and the subscription role."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from core.subscription.calendar import LONGEST_COUNT, Interval, Recurrence
from core.subscription.change_subscription import Change
from core.subscription.model import BillingRun, Plan, PlanId, RunState, Subscription, SubscriptionState
from entrypoints.http.kit import Amount, Ask, View

PlanName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$", examples=["monthly-eur"])]


class PlanOffer(Ask):
    """A plan to offer. Its id stays its own for ever."""

    id: PlanName
    name: str = Field(min_length=1, max_length=200, description="as it stands on the invoice line")
    amount: Amount
    interval: Interval
    count: int = Field(default=1, ge=1, le=LONGEST_COUNT, description="a period is so many intervals long")

    def plan(self) -> Plan:
        return Plan(PlanId(self.id), self.name, self.amount.money(), Recurrence(self.interval, self.count))


class PlanView(View):
    """What is offered: this amount for each period."""

    id: str
    name: str
    amount: Amount
    interval: Interval
    count: int

    @classmethod
    def of(cls, plan: Plan) -> "PlanView":
        cycle = plan.recurrence
        amount = Amount.of(plan.amount)
        return cls(id=plan.id, name=plan.name, amount=amount, interval=cycle.interval, count=cycle.count)


class NewSubscription(Ask):
    """Who takes which plan. A user subscribes themselves; staff and products name the user."""

    plan_id: PlanName
    user_id: str | None = Field(default=None, min_length=1, max_length=255)
    anchor: date | None = Field(
        default=None,
        description="For staff and products: the day periods are reckoned from. The first to be billed starts today "
        "or later. Without it the subscription starts today.",
    )


class SubscriptionChange(Ask):
    change: Change


class SubscriptionView(View):
    """A subscription. `renews_on` is the first day of the next period that will be billed."""

    id: UUID
    user_id: str
    plan_id: str
    description: str
    amount: Amount
    interval: Interval
    count: int
    anchor: date
    time_zone: str
    state: SubscriptionState
    started_at: datetime
    ends_at: datetime | None
    renews_on: date | None

    @classmethod
    def of(cls, thing: Subscription) -> "SubscriptionView":
        calendar, active = thing.calendar, thing.state is SubscriptionState.ACTIVE
        return cls(
            id=thing.id,
            user_id=thing.user_id,
            plan_id=thing.plan_id,
            description=thing.description,
            amount=Amount.of(thing.amount),
            interval=calendar.recurrence.interval,
            count=calendar.recurrence.count,
            anchor=calendar.anchor,
            time_zone=calendar.time_zone,
            state=thing.state,
            started_at=thing.started_at,
            ends_at=thing.ends_at,
            renews_on=thing.upcoming.start if active else None,
        )


class BillingRunView(View):
    """How far a billing run has come: `due` subscriptions at the start, `requested` payments asked for so far."""

    id: UUID
    state: RunState
    asked_at: datetime
    due: int
    requested: int
    finished_at: datetime | None

    @classmethod
    def of(cls, run: BillingRun) -> "BillingRunView":
        return cls(
            id=run.id,
            state=run.state,
            asked_at=run.asked_at,
            due=run.due,
            requested=run.requested,
            finished_at=run.finished_at,
        )
