"""Between the words of core and the columns of the tables."""

from typing import Any

from adapters.postgres.subscription.rows import BilledPeriodRow, BillingRunRow, PlanRow, SubscriptionRow, UserRow
from core.kernel.ids import UserId
from core.kernel.money import Money
from core.subscription.calendar import Calendar, Interval, Recurrence
from core.subscription.model import (
    BilledPeriod,
    BillingRun,
    BillingRunId,
    Plan,
    PlanId,
    Subscription,
    SubscriptionId,
    SubscriptionState,
    User,
)


def user(row: UserRow) -> User:
    return User(UserId(row.id), row.time_zone, row.changed_at)


def user_row(thing: User) -> UserRow:
    return UserRow(id=thing.id, time_zone=thing.time_zone, changed_at=thing.changed_at)


def plan(row: PlanRow) -> Plan:
    return Plan(PlanId(row.id), row.name, Money(row.amount_minor, row.currency), _recurrence(row))


def plan_row(thing: Plan) -> PlanRow:
    return PlanRow(id=thing.id, name=thing.name, **_amount(thing.amount), **_interval(thing.recurrence))


def subscription(row: SubscriptionRow) -> Subscription:
    return Subscription(
        id=SubscriptionId(row.id),
        user_id=UserId(row.user_id),
        plan_id=PlanId(row.plan_id),
        description=row.description,
        amount=Money(row.amount_minor, row.currency),
        calendar=Calendar(row.anchor, _recurrence(row), row.time_zone),
        started_at=row.started_at,
        state=SubscriptionState(row.state),
        next_period=row.next_period,
        ends_at=row.ends_at,
    )


def subscription_row(thing: Subscription) -> SubscriptionRow:
    return SubscriptionRow(
        id=thing.id,
        user_id=thing.user_id,
        plan_id=thing.plan_id,
        description=thing.description,
        **_amount(thing.amount),
        **_interval(thing.calendar.recurrence),
        anchor=thing.calendar.anchor,
        time_zone=thing.calendar.time_zone,
        started_at=thing.started_at,
        state=thing.state.value,
        next_period=thing.next_period,
        ends_at=thing.ends_at,
        next_due_at=thing.due_at,
    )


def billed_period_row(thing: BilledPeriod) -> BilledPeriodRow:
    return BilledPeriodRow(
        payment_id=thing.payment_id,
        subscription_id=thing.subscription_id,
        period_start=thing.start,
        period_end=thing.end,
        billed_at=thing.billed_at,
    )


def billing_run(row: BillingRunRow) -> BillingRun:
    return BillingRun(BillingRunId(row.id), row.asked_at, row.due, row.requested, row.finished_at)


def billing_run_row(thing: BillingRun) -> BillingRunRow:
    return BillingRunRow(
        id=thing.id,
        asked_at=thing.asked_at,
        state=thing.state.value,
        due=thing.due,
        requested=thing.requested,
        finished_at=thing.finished_at,
    )


def _recurrence(row: PlanRow | SubscriptionRow) -> Recurrence:
    return Recurrence(Interval(row.interval), row.interval_count)


def _interval(recurrence: Recurrence) -> dict[str, Any]:
    return {"interval": recurrence.interval.value, "interval_count": recurrence.count}


def _amount(amount: Money) -> dict[str, Any]:
    return {"amount_minor": amount.minor, "currency": amount.currency}
