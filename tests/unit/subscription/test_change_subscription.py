"""Nobody pays for a period that starts after they left, and everybody for those that began before."""

import asyncio
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kernel.trouble import Conflict, NotFound
from core.subscription.bill_due_periods import BillDuePeriods
from core.subscription.calendar import Interval
from core.subscription.change_subscription import Change, ChangeSubscription
from core.subscription.model import Subscription, SubscriptionId, SubscriptionState
from core.subscription.subscribe import Subscribe
from tests.fakes.subscription import ADA, InMemorySubscriptionTx, plan, ready, starts

MONTHLY, DAILY = plan(Interval.MONTH), plan(Interval.DAY)
ID = SubscriptionId(UUID(int=7))
MARCH = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def subscribed(taken: object = MONTHLY) -> InMemorySubscriptionTx:
    tx = ready(MONTHLY, MARCH)
    tx.plans.save(DAILY)
    await Subscribe()(ID, ADA, taken.id, tx)  # type: ignore[attr-defined]
    return tx


async def change(tx: InMemorySubscriptionTx, wanted: Change) -> Subscription:
    return await ChangeSubscription()(ID, wanted, tx)


async def later(tx: InMemorySubscriptionTx, days: float) -> Subscription:
    tx.now += timedelta(days=days)
    while await BillDuePeriods()(tx):
        pass
    return await tx.subscriptions.get(ID)


async def test_cancelled_now_is_never_billed_again() -> None:
    tx = await subscribed()
    assert (await change(tx, Change.CANCEL_NOW)).state is SubscriptionState.CANCELLED
    assert (await later(tx, 90)).due_at is None
    assert starts(tx) == [date(2026, 3, 1)]


async def test_cancelled_at_period_end_lasts_until_the_next_period_would_start() -> None:
    tx = await subscribed()
    leaving = await change(tx, Change.CANCEL_AT_PERIOD_END)
    assert (leaving.state, leaving.ends_at) == (SubscriptionState.CANCELLING, datetime(2026, 3, 31, 22, tzinfo=UTC))
    assert (await later(tx, 20)).state is SubscriptionState.CANCELLING
    assert (await later(tx, 20)).state is SubscriptionState.CANCELLED
    assert starts(tx) == [date(2026, 3, 1)]


async def test_taken_back_in_time_goes_on_as_before() -> None:
    tx = await subscribed()
    await change(tx, Change.CANCEL_AT_PERIOD_END)
    await change(tx, Change.RESUME)
    await later(tx, 40)
    assert starts(tx) == [date(2026, 3, 1), date(2026, 4, 1)]


@pytest.mark.parametrize("wanted", [Change.CANCEL_NOW, Change.CANCEL_AT_PERIOD_END])
async def test_what_has_ended_cannot_be_resumed(wanted: Change) -> None:
    tx = await subscribed()
    await change(tx, wanted)
    tx.now += timedelta(days=31)
    with pytest.raises(Conflict):
        await change(tx, Change.RESUME)


@pytest.mark.parametrize("wanted", Change)
async def test_a_repeated_change_changes_nothing(wanted: Change) -> None:
    tx = await subscribed()
    if wanted is Change.RESUME:
        await change(tx, Change.CANCEL_AT_PERIOD_END)
    once = await change(tx, wanted)
    tx.now += timedelta(hours=1)
    assert await change(tx, wanted) == once


async def test_who_is_leaving_can_leave_at_once() -> None:
    tx = await subscribed()
    await change(tx, Change.CANCEL_AT_PERIOD_END)
    assert (await change(tx, Change.CANCEL_NOW)).ends_at == MARCH


async def test_what_began_before_leaving_is_still_owed() -> None:
    tx = await subscribed(DAILY)
    tx.now += timedelta(days=3)
    await change(tx, Change.CANCEL_NOW)
    await later(tx, 10)
    assert starts(tx) == [date(2026, 3, day) for day in (1, 2, 3, 4)]


async def test_an_unknown_subscription_is_not_found() -> None:
    with pytest.raises(NotFound):
        await change(ready(MONTHLY), Change.CANCEL_NOW)


@given(st.lists(st.tuples(st.floats(0, 5), st.sampled_from(Change)), max_size=8), st.floats(0, 20))
def test_no_period_starting_after_the_end_is_ever_billed(story: list[tuple[float, Change]], rest: float) -> None:
    async def run() -> InMemorySubscriptionTx:
        tx = await subscribed(DAILY)
        for days, wanted in story:
            await later(tx, days)
            with suppress(Conflict):
                await change(tx, wanted)
        await later(tx, rest)
        return tx

    tx = asyncio.run(run())
    subscription = tx.subscriptions.things[ID]
    end = min(subscription.ends_at or tx.now, tx.now)
    periods = [subscription.calendar.period(index) for index in range(200)]
    begun = [period.start for period in periods if period.due_at < end or period.index == 0]
    assert starts(tx) == begun
