"""What is saved is found again, and what is due is claimed: in memory as on PostgreSQL."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from core.kernel.ids import UserId
from core.kernel.money import Money
from core.kernel.trouble import NotFound
from core.subscription.calendar import Calendar, Interval, Recurrence
from core.subscription.model import (
    BillingRun,
    BillingRunId,
    Plan,
    PlanId,
    Subscription,
    SubscriptionId,
    SubscriptionState,
    User,
)
from tests.contract.postgres.roles import Role

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ADA = User(UserId("ada"), "Pacific/Apia", NOON)
YEN = Plan(PlanId("weekly-jpy"), "毎週", Money(980, "JPY"), Recurrence(Interval.WEEK, 2))


def subscription(number: int, anchor: date = date(2026, 3, 1)) -> Subscription:
    return Subscription(
        id=SubscriptionId(UUID(int=number)),
        user_id=ADA.id,
        plan_id=YEN.id,
        description=YEN.name,
        amount=YEN.amount,
        calendar=Calendar(anchor, YEN.recurrence, ADA.time_zone),
        started_at=NOON,
    )


async def keep(role: Role, *subscriptions: Subscription) -> None:
    async with role.open() as tx:
        tx.users.save(ADA)
        tx.plans.save(YEN)
        for thing in subscriptions:
            tx.subscriptions.save(thing)


async def test_everything_comes_back_as_it_was_saved(role: Role) -> None:
    leaving = replace(subscription(1), state=SubscriptionState.CANCELLING, next_period=4, ends_at=NOON + 90 * DAY)
    run = BillingRun(BillingRunId(UUID(int=9)), NOON, due=3, requested=2, finished_at=NOON + DAY)
    await keep(role, leaving)
    async with role.open() as tx:
        tx.billing_runs.save(run)
    async with role.open() as tx:
        assert await tx.users.get(ADA.id) == ADA
        assert await tx.plans.get(YEN.id) == YEN
        assert await tx.subscriptions.get(leaving.id) == leaving
        assert await tx.billing_runs.get(run.id) == run


@pytest.mark.parametrize("state", SubscriptionState)
async def test_a_subscription_can_be_kept_in_each_state(role: Role, state: SubscriptionState) -> None:
    ends_at = None if state is SubscriptionState.ACTIVE else NOON
    thing = replace(subscription(1), state=state, ends_at=ends_at)
    await keep(role, thing)
    async with role.open() as tx:
        assert await tx.subscriptions.get(thing.id) == thing


async def test_a_change_replaces_what_was_there(role: Role) -> None:
    await keep(role, subscription(1))
    async with role.open() as tx:
        found = await tx.subscriptions.get(SubscriptionId(UUID(int=1)))
        tx.subscriptions.save(found.cancelled(NOON))
    async with role.open() as tx:
        assert (await tx.subscriptions.get(found.id)).state is SubscriptionState.CANCELLED


async def test_what_is_not_there_is_not_found(role: Role) -> None:
    async with role.open() as tx:
        assert await tx.subscriptions.find(SubscriptionId(UUID(int=5))) is None
        with pytest.raises(NotFound):
            await tx.plans.get(PlanId("gold"))


async def test_due_subscriptions_are_claimed_the_longest_due_first(role: Role) -> None:
    days = {1: date(2026, 3, 3), 2: date(2026, 3, 1), 3: date(2026, 3, 2), 4: date(2026, 3, 9)}
    await keep(role, *(subscription(number, day) for number, day in days.items()))
    async with role.open() as tx:
        now = datetime(2026, 3, 4, tzinfo=UTC)
        claimed = await tx.subscriptions.claim_due(now, 2)
        assert [thing.id.int for thing in claimed] == [2, 3]
        assert await tx.subscriptions.count_due(now) == 3


async def test_what_has_ended_is_never_due(role: Role) -> None:
    await keep(role, subscription(1).cancelled(NOON - 30 * DAY))
    async with role.open() as tx:
        assert await tx.subscriptions.claim_due(NOON + 999 * DAY, 10) == []


async def test_only_unfinished_runs_are_running(role: Role) -> None:
    async with role.open() as tx:
        for number in (1, 2):
            tx.billing_runs.save(BillingRun(BillingRunId(UUID(int=number)), NOON, due=0))
    async with role.open() as tx:
        tx.billing_runs.save((await tx.billing_runs.get(BillingRunId(UUID(int=1)))).finished(NOON))
    async with role.open() as tx:
        assert [run.id.int for run in await tx.billing_runs.running()] == [2]


async def test_lists_go_by_key_and_end(role: Role) -> None:
    await keep(role, *(subscription(number) for number in (3, 1, 2)))
    first = await role.reads.subscriptions(None, None, 2)
    rest = await role.reads.subscriptions(None, first[-1].id, 2)
    assert [thing.id.int for thing in (*first, *rest)] == [1, 2, 3]
    assert await role.reads.plans(None, 5) == [YEN]
    assert await role.reads.plans(YEN.id, 5) == []


async def test_a_user_sees_nobody_elses_subscription(role: Role) -> None:
    mine = subscription(1)
    await keep(role, mine)
    assert await role.reads.subscriptions("eve", None, 5) == []
    assert await role.reads.subscription(mine.id, "eve") is None
    assert await role.reads.subscription(mine.id, ADA.id) == mine
    assert await role.reads.subscription(mine.id, None) == mine


async def test_a_billing_run_can_be_looked_at(role: Role) -> None:
    run = BillingRun(BillingRunId(UUID(int=1)), NOON, due=7)
    async with role.open() as tx:
        tx.billing_runs.save(run)
    assert await role.reads.billing_run(run.id) == run
    assert await role.reads.billing_run(UUID(int=2)) is None
