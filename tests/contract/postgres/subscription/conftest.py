"""The subscription role in memory and on PostgreSQL: the same sentences must hold for both."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

import pytest

from adapters.cloudevents.wire import CloudEventsWire
from adapters.postgres.database import Database
from adapters.postgres.subscription.reads import PostgresSubscriptionReads
from adapters.postgres.subscription.tx import PostgresSubscriptionTx
from adapters.postgres.unit_of_work import PostgresTransactions
from core.contracts.payment_requests import PaymentRequested
from core.messaging.envelope import Trace
from core.subscription.ports import SubscriptionReads, SubscriptionTx
from tests.conftest import ManualClock, OpenSchema
from tests.fakes.subscription import InMemorySubscriptionReads, InMemorySubscriptionTx

OpenTx = Callable[[], AbstractAsyncContextManager[SubscriptionTx]]


@dataclass(frozen=True)
class Role:
    """Somewhere to keep subscriptions, and to look at them."""

    open: OpenTx
    reads: SubscriptionReads


@pytest.fixture
async def database(open_schema: OpenSchema) -> AsyncIterator[Database]:
    async with open_schema("subscription") as opened:
        yield opened


Transactions = Callable[[], AbstractAsyncContextManager[PostgresSubscriptionTx]]


@pytest.fixture
def opens(database: Database, clock: ManualClock) -> PostgresTransactions[PostgresSubscriptionTx]:
    wire = CloudEventsWire([PaymentRequested])
    return PostgresTransactions(database, PostgresSubscriptionTx, clock, wire, "/billow/subscription")


@pytest.fixture
def transactions(opens: PostgresTransactions[PostgresSubscriptionTx]) -> Transactions:
    """Each transaction has a cause of its own."""
    return lambda: opens(Trace("test", str(uuid4())))


@pytest.fixture(params=["memory", "postgres"])
def role(request: pytest.FixtureRequest, clock: ManualClock) -> Role:
    if request.param == "memory":
        return in_memory(clock)
    database = request.getfixturevalue("database")
    return Role(request.getfixturevalue("transactions"), PostgresSubscriptionReads(database))


def in_memory(clock: ManualClock) -> Role:
    tx = InMemorySubscriptionTx(clock.now())

    @asynccontextmanager
    async def opened() -> AsyncIterator[SubscriptionTx]:
        tx.now = clock.now()
        yield tx

    return Role(opened, InMemorySubscriptionReads(tx))
