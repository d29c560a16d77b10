"""A gateway in memory and on PostgreSQL: the same sentences must hold for both."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

import pytest

from adapters.cloudevents.wire import CloudEventsWire
from adapters.postgres.database import Database
from adapters.postgres.gateway.reads import PostgresGatewayReads
from adapters.postgres.gateway.tx import PostgresGatewayTx
from adapters.postgres.unit_of_work import PostgresTransactions
from core.contracts.payment_responses import PaymentFailed, PaymentRefunded, PaymentSucceeded, PaymentUnresolved
from core.gateway.ports import GatewayReads, GatewayTx
from core.messaging.envelope import Trace
from tests.conftest import ManualClock, OpenSchema
from tests.fakes.gateway import InMemoryGatewayReads, InMemoryGatewayTx

WIRE = CloudEventsWire([PaymentSucceeded, PaymentFailed, PaymentUnresolved, PaymentRefunded])


@dataclass(frozen=True)
class Role:
    """Somewhere to keep journals, and to look at them."""

    open: Callable[[], AbstractAsyncContextManager[GatewayTx]]
    reads: GatewayReads


@pytest.fixture
async def database(open_schema: OpenSchema) -> AsyncIterator[Database]:
    async with open_schema("gateway_a") as opened:
        yield opened


Transactions = Callable[[], AbstractAsyncContextManager[PostgresGatewayTx]]


@pytest.fixture
def transactions(database: Database, clock: ManualClock) -> Transactions:
    opened = PostgresTransactions(database, PostgresGatewayTx, clock, WIRE, "/billow/gateway-a")
    return lambda: opened(Trace("test", str(uuid4())))


@pytest.fixture(params=["memory", "postgres"])
def role(request: pytest.FixtureRequest, clock: ManualClock) -> Role:
    if request.param == "memory":
        return in_memory(clock)
    database = request.getfixturevalue("database")
    return Role(request.getfixturevalue("transactions"), PostgresGatewayReads(database))


def in_memory(clock: ManualClock) -> Role:
    tx = InMemoryGatewayTx(clock.now())

    @asynccontextmanager
    async def opened() -> AsyncIterator[GatewayTx]:
        tx.now = clock.now()
        yield tx

    return Role(opened, InMemoryGatewayReads(tx))
