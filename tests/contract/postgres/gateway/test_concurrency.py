"""Two processes of a gateway on one PostgreSQL: no order is sent twice, none is forgotten."""

import asyncio
from dataclasses import replace

import asyncpg
import pytest

from adapters.postgres.database import Database
from adapters.postgres.gateway.audit import PostgresGatewayAudit
from core.gateway.accept_charge import AcceptCharge
from core.gateway.accept_refund import AcceptRefund
from core.gateway.charge_through_provider import ChargeThroughProvider
from core.gateway.model import JournalState
from core.gateway.refund_through_provider import RefundThroughProvider
from core.kernel.trouble import Unavailable
from tests.conftest import ManualClock
from tests.contract.postgres.roles import Transactions
from tests.fakes.gateway import ORDER, REFUND, Fate, FatefulProvider


async def work_off(errand: ChargeThroughProvider | RefundThroughProvider, transactions: Transactions) -> int:
    async with transactions() as tx:
        tasks = await errand.claim(tx, 3)
    for task in tasks:
        outcome = await errand.perform(task)  # type: ignore[arg-type]
        async with transactions() as tx:
            await errand.record(task, outcome, tx)  # type: ignore[arg-type]
    return len(tasks)


@pytest.fixture
def provider(clock: ManualClock) -> FatefulProvider:
    return FatefulProvider(clock.now)


async def test_many_workers_send_each_order_once(
    transactions: Transactions, database: Database, provider: FatefulProvider
) -> None:
    async with transactions() as tx:
        for number in range(1, 31):
            await AcceptCharge()(replace(ORDER, attempt_no=number), tx)
    errand = ChargeThroughProvider(provider)  # type: ignore[arg-type]

    async def worker() -> None:
        while await work_off(errand, transactions):
            pass

    await asyncio.gather(*(worker() for _ in range(5)))
    assert len(provider.calls) == len(set(provider.calls)) == 30
    charges = await PostgresGatewayAudit(database).charges()
    assert {charge.progress.state for charge in charges} == {JournalState.SUCCEEDED}
    assert await database.pool.fetchval("SELECT count(*) FROM outbox") == 30


async def test_the_claim_is_committed_before_the_provider_is_asked(
    transactions: Transactions, database: Database, provider: FatefulProvider
) -> None:
    async with transactions() as tx:
        await AcceptCharge()(ORDER, tx)
    errand = ChargeThroughProvider(provider)  # type: ignore[arg-type]
    async with transactions() as tx:
        [task] = await errand.claim(tx, 1)
    assert await database.pool.fetchval("SELECT state FROM charges") == "submitting"
    await errand.perform(task)


async def test_a_doubt_outlives_the_process_and_is_resolved_by_the_next(
    transactions: Transactions, database: Database, provider: FatefulProvider, clock: ManualClock
) -> None:
    provider.fates = [Fate.LOST_AFTER]
    async with transactions() as tx:
        await AcceptCharge()(ORDER, tx)
        await AcceptRefund()(REFUND, tx)
    for _ in range(2):
        await work_off(ChargeThroughProvider(provider), transactions)  # type: ignore[arg-type]
        clock.time = await database.pool.fetchval("SELECT coalesce(max(available_at), $1) FROM charges", clock.time)
    await work_off(RefundThroughProvider(provider), transactions)  # type: ignore[arg-type]
    kinds = await database.pool.fetch("SELECT routing_key FROM outbox ORDER BY position")
    assert [row["routing_key"] for row in kinds] == [
        "payment.unresolved.v1", "payment.succeeded.v1", "payment.refunded.v1",
    ]  # fmt: skip
    [refund] = await PostgresGatewayAudit(database).refunds()
    assert refund.progress.state is JournalState.SUCCEEDED


async def test_one_order_at_two_consumers_at_once_is_accepted_once(
    transactions: Transactions, database: Database
) -> None:
    async def accept() -> None:
        while True:
            try:
                async with transactions() as tx:
                    await AcceptCharge()(ORDER, tx)
                return
            except Unavailable:
                continue

    await asyncio.gather(*(accept() for _ in range(5)))
    assert await database.pool.fetchval("SELECT count(*) FROM charges") == 1


@pytest.mark.parametrize(
    "nonsense",
    [
        "state = 'paid'",
        "state = 'declined', available_at = NULL",
        "state = 'succeeded'",
        "available_at = NULL",
        "key = 'x'",
    ],
)
async def test_the_tables_refuse_what_core_would_never_write(
    transactions: Transactions, database: Database, nonsense: str
) -> None:
    async with transactions() as tx:
        await AcceptCharge()(ORDER, tx)
    with pytest.raises(asyncpg.CheckViolationError):
        await database.pool.execute(f"UPDATE charges SET {nonsense}")
