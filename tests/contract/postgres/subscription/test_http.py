"""Subscribing over HTTP on PostgreSQL: a key moves money once, however hard it is pressed."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession
from prometheus_client import CollectorRegistry

from adapters.postgres.database import Database
from adapters.postgres.subscription.audit import PostgresSubscriptionAudit
from adapters.postgres.subscription.reads import PostgresSubscriptionReads
from adapters.postgres.subscription.tx import PostgresSubscriptionTx
from core.messaging.ports import Transactions as Opens
from entrypoints.http.kit import application, serve
from entrypoints.http.subscription import subscription_routes
from tests.conftest import ManualClock
from tests.contract.postgres.roles import Transactions
from tests.fakes.subscription import plan, subscriber
from tests.unit.http.requests import bearer
from tests.unit.http.shop import NamedTokens

ADA = bearer("ada:billing", Idempotency_Key="key-1")


@pytest.fixture
async def client(opens: Opens[PostgresSubscriptionTx], database: Database) -> AsyncIterator[ClientSession]:
    app = application(
        [subscription_routes(opens, PostgresSubscriptionReads(database))],
        tokens=NamedTokens(),
        title="Subscription",
        issuer="https://issuer.example",
        registry=CollectorRegistry(),
    )
    running = await serve(app)
    async with ClientSession(running.url) as session:
        yield session
    await running.stop()


async def press(client: ClientSession) -> tuple[int, str]:
    async with client.post("/v1/subscriptions", json={"plan_id": "month-1"}, headers=ADA) as answer:
        return answer.status, await answer.text()


async def test_twenty_presses_at_once_are_one_subscription_and_one_payment(
    client: ClientSession, transactions: Transactions, database: Database
) -> None:
    async with transactions() as tx:
        tx.users.save(subscriber())
        tx.plans.save(plan())
    answers = await asyncio.gather(*(press(client) for _ in range(20)))
    assert {status for status, _ in answers} <= {201, 409}
    assert len({text for status, text in answers if status == 201}) == 1
    assert await database.pool.fetchval("SELECT count(*) FROM subscriptions") == 1
    assert await database.pool.fetchval("SELECT count(*) FROM outbox") == 1


async def test_a_refused_press_leaves_nothing_behind(client: ClientSession, database: Database) -> None:
    assert (await press(client))[0] == 422
    assert await database.pool.fetchval("SELECT count(*) FROM idempotency_keys") == 0


async def test_the_audit_knows_every_billed_period_and_what_is_left(
    client: ClientSession, transactions: Transactions, database: Database, clock: ManualClock
) -> None:
    async with transactions() as tx:
        tx.users.save(subscriber())
        tx.plans.save(plan())
    await press(client)
    audit = PostgresSubscriptionAudit(database)
    subject = await database.pool.fetchval("SELECT headers::json->>'ce-subject' FROM outbox")
    assert {str(payment) for payment in await audit.billed()} == {subject}
    assert await audit.unbilled(clock.now()) == frozenset()
    assert len(await audit.unbilled(clock.now().replace(year=2027))) == 1
