"""Whatever happens to clocks and schedulers, each period is asked for once, in order."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from core.contracts.payment_requests import PaymentRequested
from core.subscription.bill_due_periods import BillDuePeriods
from core.subscription.calendar import Interval, Recurrence, today
from core.subscription.model import BillingRunId, Plan, Subscription, SubscriptionId
from core.subscription.start_billing_run import StartBillingRun
from core.subscription.subscribe import Subscribe
from tests.fakes.subscription import ADA, InMemorySubscriptionTx, plan, ready, starts

DAILY = plan(Interval.DAY)
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
ID = SubscriptionId(UUID(int=7))
ZONES = ("Europe/Berlin", "US/Pacific", "Australia/Lord_Howe", "Pacific/Apia")

clock_steps = st.sampled_from([timedelta(hours=1), timedelta(hours=-1), timedelta(days=3), timedelta(days=-1)])
walks = st.lists(clock_steps | st.timedeltas(timedelta(0), timedelta(days=45)), max_size=25)
hours = st.integers(0, 24 * 365 * 9)


async def tick_until_done(tx: InMemorySubscriptionTx) -> None:
    while await BillDuePeriods()(tx):
        pass


async def subscribed(tx: InMemorySubscriptionTx, taken: Plan, number: int = 7) -> Subscription:
    return await Subscribe()(SubscriptionId(UUID(int=number)), ADA, taken.id, tx)


async def test_missed_days_are_caught_up_in_order() -> None:
    tx = ready(DAILY, START)
    await subscribed(tx, DAILY)
    tx.now += timedelta(days=3)
    await tick_until_done(tx)
    assert starts(tx) == [date(2026, 3, day) for day in (1, 2, 3, 4)]


async def test_a_long_pause_is_caught_up_in_bounded_steps() -> None:
    tx = ready(DAILY, START)
    await subscribed(tx, DAILY)
    tx.now += timedelta(days=400)
    await BillDuePeriods()(tx)
    assert len(starts(tx)) == 13
    await tick_until_done(tx)
    assert starts(tx) == [date(2026, 3, 1) + timedelta(days=n) for n in range(401)]


async def test_looking_twice_in_the_same_minute_asks_once() -> None:
    tx = ready(DAILY, START)
    await subscribed(tx, DAILY)
    tx.now += timedelta(days=1)
    await tick_until_done(tx)
    await tick_until_done(tx)
    assert len(starts(tx)) == 2


async def test_a_period_that_was_billed_before_is_passed_over() -> None:
    tx = ready(DAILY, START)
    before = await subscribed(tx, DAILY)
    tx.now += timedelta(days=1)
    await tick_until_done(tx)
    tx.subscriptions.save(before)
    await tick_until_done(tx)
    assert starts(tx) == [date(2026, 3, 1), date(2026, 3, 2)]


@given(hours, st.sampled_from(ZONES), st.builds(Recurrence, st.sampled_from(Interval), st.integers(1, 5)), walks)
def test_no_hole_and_no_duplicate_however_the_clock_steps(
    hour: int, zone: str, recurrence: Recurrence, walk: list[timedelta]
) -> None:
    taken = plan(recurrence.interval, recurrence.count)
    tx = ready(taken, datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hour), zone)

    async def run() -> Subscription:
        subscription = await subscribed(tx, taken)
        latest = tx.now
        for step in walk:
            tx.now += step
            latest = max(latest, tx.now)
            await tick_until_done(tx)
        tx.now = latest
        return subscription

    calendar = asyncio.run(run()).calendar
    expected = calendar.first_not_before(today(tx.now, zone) + timedelta(days=1))
    assert starts(tx) == [calendar.period(index).start for index in range(expected)]
    assert len({message.payment_id for message in tx.outbox.of(PaymentRequested)}) == expected


async def test_a_billing_run_counts_what_is_due_and_reports_what_was_asked_for() -> None:
    tx = ready(DAILY, START)
    for number in range(3):
        await subscribed(tx, DAILY, number)
    tx.now += timedelta(days=2)
    run = await StartBillingRun()(BillingRunId(UUID(int=1)), tx)
    assert (run.due, run.requested, run.state) == (3, 0, "running")
    await tick_until_done(tx)
    done = await tx.billing_runs.get(run.id)
    assert (done.due, done.requested, done.state) == (3, 6, "finished")


async def test_a_billing_run_is_not_finished_while_another_scheduler_holds_something_due() -> None:
    tx = ready(DAILY, START)
    await subscribed(tx, DAILY)
    tx.now += timedelta(days=1)
    run = await StartBillingRun()(BillingRunId(UUID(int=1)), tx)
    tx.subscriptions.locked_by_others = True
    await tick_until_done(tx)
    assert (await tx.billing_runs.get(run.id)).state == "running"
    tx.subscriptions.locked_by_others = False
    await tick_until_done(tx)
    assert (await tx.billing_runs.get(run.id)).state == "finished"


async def test_starting_the_same_run_again_is_the_same_run() -> None:
    tx = ready(DAILY, START)
    run = await StartBillingRun()(BillingRunId(UUID(int=1)), tx)
    await tick_until_done(tx)
    assert (await StartBillingRun()(run.id, tx)).state == "finished"
