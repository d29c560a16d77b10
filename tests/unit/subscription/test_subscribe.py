"""Taking a plan starts a calendar and asks for the first payment."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from core.contracts.payment_requests import PaymentRequested
from core.kernel.ids import UserId
from core.kernel.money import Money
from core.kernel.trouble import Conflict, Refused
from core.subscription.calendar import Interval
from core.subscription.model import PlanId, Subscription, SubscriptionId, SubscriptionState
from core.subscription.subscribe import Subscribe
from tests.fakes.subscription import ADA, InMemorySubscriptionTx, plan, ready, starts

MONTHLY = plan(Interval.MONTH)
ID = SubscriptionId(UUID(int=7))


async def subscribe(tx: InMemorySubscriptionTx, anchor: date | None = None) -> Subscription:
    return await Subscribe()(ID, ADA, MONTHLY.id, tx, anchor=anchor)


async def test_the_first_period_is_asked_for_at_once() -> None:
    tx = ready(MONTHLY, datetime(2026, 1, 31, 12, tzinfo=UTC))
    subscription = await subscribe(tx)
    assert tx.outbox.messages == [
        PaymentRequested(
            source="subscription",
            request_id=f"{ID}:2026-01-31",
            user_id=ADA,
            amount=Money(999, "EUR"),
            description="Every 1 month",
            requested_at=tx.now,
            period_start=date(2026, 1, 31),
            period_end=date(2026, 2, 28),
        )
    ]
    assert subscription.upcoming.start == date(2026, 2, 28)
    assert subscription.state is SubscriptionState.ACTIVE


async def test_the_calendar_is_the_users_own() -> None:
    tx = ready(MONTHLY, datetime(2026, 1, 31, 12, tzinfo=UTC), "Pacific/Apia")
    assert (await subscribe(tx)).calendar.anchor == date(2026, 2, 1)


async def test_subscribing_again_with_the_same_id_asks_for_nothing_more() -> None:
    tx = ready(MONTHLY)
    assert await subscribe(tx) == await subscribe(tx)
    assert len(tx.outbox.messages) == 1


async def test_an_anchor_in_the_past_bills_no_period_that_began_before_today() -> None:
    tx = ready(MONTHLY, datetime(2026, 3, 10, 12, tzinfo=UTC))
    subscription = await subscribe(tx, anchor=date(2025, 5, 31))
    assert starts(tx) == []
    assert subscription.upcoming.start == date(2026, 3, 31)


async def test_an_anchor_whose_period_begins_today_is_billed_today() -> None:
    tx = ready(MONTHLY, datetime(2026, 3, 10, 12, tzinfo=UTC))
    await subscribe(tx, anchor=date(2025, 5, 10))
    assert starts(tx) == [date(2026, 3, 10)]


async def test_an_anchor_in_the_future_waits_for_its_day() -> None:
    tx = ready(MONTHLY, datetime(2026, 3, 10, 12, tzinfo=UTC))
    assert (await subscribe(tx, anchor=date(2026, 4, 1))).due_at == datetime(2026, 3, 31, 22, tzinfo=UTC)
    assert starts(tx) == []


async def test_nobody_starts_in_the_far_future() -> None:
    with pytest.raises(Refused):
        await subscribe(ready(MONTHLY), anchor=date.max)


async def test_whoever_is_not_known_cannot_subscribe() -> None:
    with pytest.raises(Refused, match="user"):
        await Subscribe()(ID, UserId("nobody"), MONTHLY.id, ready(MONTHLY))


async def test_a_plan_that_is_not_offered_cannot_be_taken() -> None:
    with pytest.raises(Refused, match="plan"):
        await Subscribe()(ID, ADA, PlanId("gold"), ready(MONTHLY))


async def test_an_id_stands_for_one_subscription() -> None:
    tx, yearly = ready(MONTHLY), plan(Interval.YEAR)
    tx.plans.save(yearly)
    await subscribe(tx)
    with pytest.raises(Conflict):
        await Subscribe()(ID, ADA, yearly.id, tx)
