"""The notifier in memory and on PostgreSQL: the same sentences must hold for both."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

import pytest

from adapters.cloudevents.wire import CloudEventsWire
from adapters.postgres.database import Database
from adapters.postgres.notifier.reads import PostgresNotifierReads
from adapters.postgres.notifier.tx import PostgresNotifierTx
from adapters.postgres.unit_of_work import PostgresTransactions
from core.contracts.payment_responses import PaymentSucceeded
from core.messaging.envelope import Trace
from core.notifier.ports import NotifierReads, NotifierTx
from tests.conftest import ManualClock, OpenSchema
from tests.fakes.notifier import InMemoryNotifierReads, InMemoryNotifierTx

WIRE = CloudEventsWire([PaymentSucceeded])


@dataclass(frozen=True)
class Role:
    """Somewhere to keep invoices and notices, and to look at them."""

    open: Callable[[], AbstractAsyncContextManager[NotifierTx]]
    reads: NotifierReads


@pytest.fixture
async def database(open_schema: OpenSchema) -> AsyncIterator[Database]:
    async with open_schema("notifier") as opened:
        yield opened


Transactions = Callable[[], AbstractAsyncContextManager[PostgresNotifierTx]]


@pytest.fixture
def transactions(database: Database, clock: ManualClock) -> Transactions:
    opened = PostgresTransactions(database, PostgresNotifierTx, clock, WIRE, "/billow/notifier")
    return lambda: opened(Trace("test", str(uuid4())))


@pytest.fixture(params=["memory", "postgres"])
def role(request: pytest.FixtureRequest, clock: ManualClock) -> Role:
    if request.param == "memory":
        return in_memory(clock)
    database = request.getfixturevalue("database")
    return Role(request.getfixturevalue("transactions"), PostgresNotifierReads(database))


def in_memory(clock: ManualClock) -> Role:
    tx = InMemoryNotifierTx(clock.now())

    @asynccontextmanager
    async def opened() -> AsyncIterator[NotifierTx]:
        tx.now = clock.now()
        yield tx

    return Role(opened, InMemoryNotifierReads(tx))
