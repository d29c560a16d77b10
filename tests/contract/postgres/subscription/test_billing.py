"""Billing on PostgreSQL: two schedulers at once, one that dies, and days when nobody looked."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import pytest

from adapters.postgres.database import Database
from core.kernel.trouble import Unavailable
from core.subscription.bill_due_periods import BillDuePeriods
from core.subscription.calendar import Interval
from core.subscription.model import BillingRunId, SubscriptionId
from core.subscription.start_billing_run import StartBillingRun
from core.subscription.subscribe import Subscribe
from tests.conftest import ManualClock
from tests.contract.postgres.roles import Transactions
from tests.fakes.subscription import ADA, plan, subscriber

DAILY = plan(Interval.DAY)
MANY = 40


@pytest.fixture
async def subscribed(transactions: Transactions) -> Sequence[SubscriptionId]:
    """Forty daily subscriptions, their first day billed."""
    ids = [SubscriptionId(UUID(int=number)) for number in range(MANY)]
    async with transactions() as tx:
        tx.users.save(subscriber())
        tx.plans.save(DAILY)
        for number in ids:
            await Subscribe()(number, ADA, DAILY.id, tx)
    return ids


async def schedule(transactions: Transactions) -> None:
    """A scheduler: ticks until nothing is left, and tries again when it lost a race."""
    more = True
    while more:
        try:
            async with transactions() as tx:
                more = await BillDuePeriods()(tx)
        except Unavailable:
            continue


async def die_after_billing(transactions: Transactions) -> None:
    async with transactions() as tx:
        await BillDuePeriods()(tx)
        await tx.flush()
        await tx.sql.execute("SELECT pg_terminate_backend(pg_backend_pid())")


async def requests(database: Database) -> list[str]:
    rows = await database.pool.fetch("SELECT convert_from(body, 'UTF8')::json->>'request_id' AS id FROM outbox")
    return sorted(row["id"] for row in rows)


def expected(ids: Sequence[SubscriptionId], days: int) -> list[str]:
    return sorted(f"{one}:{date(2026, 3, 1) + timedelta(days=n)}" for one in ids for n in range(days))


async def test_two_schedulers_at_once_ask_once_for_each_missed_day(
    transactions: Transactions, database: Database, clock: ManualClock, subscribed: Sequence[SubscriptionId]
) -> None:
    clock.time += timedelta(days=3)
    await asyncio.gather(*(schedule(transactions) for _ in range(4)))
    assert await requests(database) == expected(subscribed, 4)


async def test_what_a_scheduler_claimed_before_it_died_is_billed_by_the_next(
    transactions: Transactions, database: Database, clock: ManualClock, subscribed: Sequence[SubscriptionId]
) -> None:
    clock.time += timedelta(days=1)
    with pytest.raises(Unavailable):
        await die_after_billing(transactions)
    assert await requests(database) == expected(subscribed, 1)
    await schedule(transactions)
    assert await requests(database) == expected(subscribed, 2)


async def test_another_scheduler_passes_over_what_is_claimed(
    transactions: Transactions, clock: ManualClock, subscribed: Sequence[SubscriptionId]
) -> None:
    clock.time += timedelta(days=1)
    async with transactions() as first, transactions() as second:
        assert len(await first.subscriptions.claim_due(clock.now(), 500)) == MANY
        assert await second.subscriptions.claim_due(clock.now(), 500) == []
        assert await second.subscriptions.count_due(clock.now()) == MANY


async def test_the_database_itself_keeps_a_period_from_being_billed_twice(
    transactions: Transactions, database: Database, subscribed: Sequence[SubscriptionId]
) -> None:
    again = "gen_random_uuid(), subscription_id, period_start, period_end, billed_at"
    twice = f"INSERT INTO billed_periods SELECT {again} FROM billed_periods"
    with pytest.raises(Exception, match="billed_periods_subscription_id_period_start_key"):
        await database.pool.execute(twice)


async def test_a_billing_run_reports_to_its_end(
    transactions: Transactions, clock: ManualClock, subscribed: Sequence[SubscriptionId]
) -> None:
    clock.time += timedelta(days=2)
    async with transactions() as tx:
        run = await StartBillingRun()(BillingRunId(UUID(int=1)), tx)
    await asyncio.gather(schedule(transactions), schedule(transactions))
    await schedule(transactions)
    async with transactions() as tx:
        done = await tx.billing_runs.get(run.id)
    assert (done.due, done.requested, done.state) == (MANY, 2 * MANY, "finished")
