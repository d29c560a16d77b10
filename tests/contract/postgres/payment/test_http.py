"""Money over HTTP on PostgreSQL: a key is worth one attempt, however often and however fast it comes."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession
from prometheus_client import CollectorRegistry

from adapters.postgres.database import Database
from adapters.postgres.payment.reads import PostgresPaymentReads
from core.payment.mark_unpaid import MarkUnpaid
from core.payment.save_card import SaveCard
from core.payment.start_charge import StartCharge
from entrypoints.http.kit import application, serve
from entrypoints.http.payment import payment_routes
from tests.contract.postgres.roles import Transactions
from tests.fakes.payment import OpenSealer, card, failed, ready, requested
from tests.unit.http.shop import NamedTokens

PATH = f"/v1/payments/{requested().payment_id}/repay"
ADA = "ada:billing"


@pytest.fixture
async def client(database: Database, transactions: Transactions) -> AsyncIterator[ClientSession]:
    async with transactions() as tx:
        tx.cards.save(card())
        tx.users.save(ready().users.all()[0])
    async with transactions() as tx:
        await StartCharge()(requested(), tx)
    async with transactions() as tx:
        await MarkUnpaid()(failed(requested()), tx)
    routes = payment_routes(PostgresPaymentReads(database), transactions, StartCharge(), SaveCard(OpenSealer()))
    app = application(
        [routes], tokens=NamedTokens(), title="Payment", issuer="https://i.example", registry=CollectorRegistry()
    )
    running = await serve(app, idle_seconds=0.5)
    async with ClientSession(running.url) as session:
        yield session
    await running.stop()


def post(client: ClientSession, key: str, path: str = PATH, token: str = ADA) -> AbstractAsyncContextManager[Any]:
    return client.post(path, json={}, headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key})


async def repay(client: ClientSession, key: str) -> tuple[int, bool]:
    async with post(client, key) as response:
        await response.read()
        return response.status, "Idempotent-Replayed" in response.headers


async def attempts(database: Database) -> int:
    count: int = await database.pool.fetchval("SELECT count(*) FROM attempts")
    return count


async def test_one_key_twenty_times_at_once_starts_one_attempt(client: ClientSession, database: Database):
    answers = Counter(await asyncio.gather(*(repay(client, "k") for _ in range(20))))
    assert answers[(202, False)] == 1
    assert set(answers) <= {(202, False), (202, True), (409, False)}, "done, done before, or still running"
    assert await repay(client, "k") == (202, True)
    assert await attempts(database) == 2


async def test_many_keys_at_once_start_one_attempt(client: ClientSession, database: Database):
    answers = Counter(await asyncio.gather(*(repay(client, str(uuid4())) for _ in range(6))))
    assert answers == {(202, False): 1, (409, False): 5}
    assert await attempts(database) == 2


async def test_a_conflict_is_repeated_for_its_key(client: ClientSession):
    await repay(client, "first")
    assert await repay(client, "late") == (409, False)
    assert await repay(client, "late") == (409, True)


async def test_what_was_started_can_be_looked_at(client: ClientSession):
    await repay(client, "k")
    headers = {"Authorization": f"Bearer {ADA}"}
    async with client.get("/v1/payments", headers=headers) as response:
        [payment] = (await response.json())["items"]
    assert (payment["state"], [one["origin"] for one in payment["attempts"]]) == ("charging", ["request", "manual"])
