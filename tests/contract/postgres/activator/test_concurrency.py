"""Facts about one user arriving at several consumers at once end as if they had come one by one."""

import asyncio
from datetime import timedelta

import pytest

from adapters.postgres.activator.audit import PostgresActivatorAudit
from adapters.postgres.database import Database
from core.activator.block_user import BlockUser
from core.activator.policy import OverduePolicy
from core.activator.restore_access import RestoreAccess
from core.activator.review_access import ReviewAccess
from core.contracts.payment_responses import PaymentFailed, PaymentSucceeded
from core.kernel.ids import UserId
from core.kernel.trouble import Unavailable
from tests.conftest import ManualClock
from tests.contract.postgres.roles import Transactions
from tests.fakes.activator import ADA, failed, payment, succeeded

Heard = PaymentFailed | PaymentSucceeded


async def take(transactions: Transactions, *messages: Heard) -> None:
    """A consumer with a batch: all in one transaction, again after a lost race."""
    while True:
        try:
            async with transactions() as tx:
                await tx.preload(messages)
                for message in messages:
                    if isinstance(message, PaymentFailed):
                        await BlockUser()(message, tx)
                    else:
                        await RestoreAccess()(message, tx)
            return
        except Unavailable:
            continue


async def told(database: Database) -> list[str]:
    rows = await database.pool.fetch("SELECT routing_key FROM outbox ORDER BY (headers::json->>'ce-sequence')::int")
    return [row["routing_key"] for row in rows]


@pytest.mark.parametrize("round_", range(5))
async def test_outcomes_of_several_payments_at_once_leave_the_unpaid_one(
    transactions: Transactions, database: Database, round_: int
) -> None:
    heard: list[Heard] = [failed(99), *map(failed, range(6)), *(succeeded(n, attempt=2) for n in range(6))]
    await asyncio.gather(*(take(transactions, message) for message in heard))
    async with transactions() as tx:
        access = await tx.accesses.get(ADA)
    assert (access.blocked, access.reasons) == (True, (str(payment(99)),))
    kinds = await told(database)
    assert kinds == ["access.blocked.v1" if n % 2 == 0 else "access.restored.v1" for n in range(len(kinds))]


async def test_a_batch_is_as_good_as_one_by_one(transactions: Transactions, database: Database) -> None:
    await take(transactions, failed(1), failed(2), succeeded(1, attempt=2), failed(1), succeeded(2, attempt=2))
    async with transactions() as tx:
        assert not (await tx.accesses.get(ADA)).blocked
    assert await told(database) == ["access.blocked.v1", "access.restored.v1"]


async def test_two_reviews_at_once_tell_once(
    transactions: Transactions, database: Database, clock: ManualClock
) -> None:
    grace = OverduePolicy.blocking_after(timedelta(days=3))
    async with transactions() as tx:
        await BlockUser(grace)(failed(), tx)
    clock.time += timedelta(days=3)

    async def review() -> None:
        async with transactions() as tx:
            await ReviewAccess(grace)(tx)

    await asyncio.gather(*(review() for _ in range(4)))
    assert await told(database) == ["access.blocked.v1"]


async def test_the_audit_knows_who_is_blocked_and_who_owes(
    transactions: Transactions, database: Database, clock: ManualClock
) -> None:
    grace = OverduePolicy.blocking_after(timedelta(days=3))
    async with transactions() as tx:
        await BlockUser()(failed(), tx)
        await BlockUser(grace)(failed(2, user=UserId("bob")), tx)
        await RestoreAccess()(succeeded(3, user=UserId("cleo")), tx)
    audit = PostgresActivatorAudit(database)
    assert (await audit.blocked(), await audit.owing()) == (frozenset({"ada"}), frozenset({"ada", "bob"}))
