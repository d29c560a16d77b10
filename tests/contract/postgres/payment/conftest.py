"""The payment role in memory and on PostgreSQL: the same sentences must hold for both."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from adapters.cloudevents.wire import CloudEventsWire
from adapters.postgres.database import Database
from adapters.postgres.payment.reads import PostgresPaymentReads
from adapters.postgres.payment.tx import PostgresPaymentTx
from adapters.postgres.unit_of_work import PostgresTransactions
from core.messaging.envelope import Trace
from core.payment.ports import PaymentReads
from tests.conftest import ManualClock, OpenSchema
from tests.fakes.payment import InMemoryPaymentReads, InMemoryPaymentTransactions, InMemoryPaymentTx
from tests.samples import CONTRACTS

OpenTx = Callable[[], AbstractAsyncContextManager[Any]]
Transactions = Callable[[], AbstractAsyncContextManager[PostgresPaymentTx]]


@dataclass(frozen=True)
class Role:
    """Somewhere to keep payments, and to look at them."""

    open: OpenTx
    reads: PaymentReads


@pytest.fixture
async def database(open_schema: OpenSchema) -> AsyncIterator[Database]:
    async with open_schema("payment") as opened:
        yield opened


@pytest.fixture
def transactions(database: Database, clock: ManualClock) -> Transactions:
    opened = PostgresTransactions(database, PostgresPaymentTx, clock, CloudEventsWire(CONTRACTS), "/billow/payment")
    return lambda: opened(Trace("test", str(uuid4())))


@pytest.fixture(params=["memory", "postgres"])
def role(request: pytest.FixtureRequest, clock: ManualClock) -> Role:
    if request.param == "memory":
        return in_memory(clock)
    database = request.getfixturevalue("database")
    return Role(request.getfixturevalue("transactions"), PostgresPaymentReads(database))


def in_memory(clock: ManualClock) -> Role:
    tx = InMemoryPaymentTx(clock.now())

    @asynccontextmanager
    async def opened() -> AsyncIterator[InMemoryPaymentTx]:
        tx.now = clock.now()
        async with InMemoryPaymentTransactions(tx)():
            yield tx

    return Role(opened, InMemoryPaymentReads(tx))
