"""The activator in memory and on PostgreSQL: the same sentences must hold for both."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

import pytest

from adapters.cloudevents.wire import CloudEventsWire
from adapters.postgres.activator.reads import PostgresActivatorReads
from adapters.postgres.activator.tx import PostgresActivatorTx
from adapters.postgres.database import Database
from adapters.postgres.unit_of_work import PostgresTransactions
from core.activator.ports import ActivatorReads, ActivatorTx
from core.contracts.access import AccessBlocked, AccessRestored
from core.messaging.envelope import Trace
from tests.conftest import ManualClock, OpenSchema
from tests.fakes.activator import InMemoryActivatorReads, InMemoryActivatorTx


@dataclass(frozen=True)
class Role:
    """Somewhere to keep facts, and to ask what follows from them."""

    open: Callable[[], AbstractAsyncContextManager[ActivatorTx]]
    reads: ActivatorReads


@pytest.fixture
async def database(open_schema: OpenSchema) -> AsyncIterator[Database]:
    async with open_schema("activator") as opened:
        yield opened


Transactions = Callable[[], AbstractAsyncContextManager[PostgresActivatorTx]]


@pytest.fixture
def transactions(database: Database, clock: ManualClock) -> Transactions:
    wire = CloudEventsWire([AccessBlocked, AccessRestored])
    opened = PostgresTransactions(database, PostgresActivatorTx, clock, wire, "/billow/activator")
    return lambda: opened(Trace("test", str(uuid4())))


@pytest.fixture(params=["memory", "postgres"])
def role(request: pytest.FixtureRequest, clock: ManualClock) -> Role:
    if request.param == "memory":
        return in_memory(clock)
    database = request.getfixturevalue("database")
    return Role(request.getfixturevalue("transactions"), PostgresActivatorReads(database))


def in_memory(clock: ManualClock) -> Role:
    tx = InMemoryActivatorTx(clock.now())

    @asynccontextmanager
    async def opened() -> AsyncIterator[ActivatorTx]:
        tx.now = clock.now()
        yield tx

    return Role(opened, InMemoryActivatorReads(tx))
