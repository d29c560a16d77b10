"""Each role in memory and on PostgreSQL: the same sentences must hold for both."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from adapters.cloudevents.wire import CloudEventsWire
from adapters.postgres.database import Database
from adapters.postgres.unit_of_work import PostgresTransactions
from core.messaging.envelope import Trace
from core.topology import contracts
from tests.conftest import ManualClock, OpenSchema
from tests.contract.postgres.roles import Role, Sides, Transactions


@pytest.fixture
async def database(sides: Sides, open_schema: OpenSchema) -> AsyncIterator[Database]:
    async with open_schema(sides.schema) as opened:
        yield opened


@pytest.fixture
def opens(sides: Sides, database: Database, clock: ManualClock) -> PostgresTransactions[Any]:
    source = f"/billow/{sides.schema.replace('_', '-')}"
    return PostgresTransactions(database, sides.tx, clock, CloudEventsWire(contracts()), source)


@pytest.fixture
def transactions(opens: PostgresTransactions[Any]) -> Transactions:
    """Each transaction has a cause of its own."""
    return lambda: opens(Trace("test", str(uuid4())))


@pytest.fixture(params=["memory", "postgres"])
def role(request: pytest.FixtureRequest, sides: Sides, clock: ManualClock) -> Role:
    if request.param == "memory":
        return sides.in_memory(clock)
    return Role(request.getfixturevalue("transactions"), sides.reads(request.getfixturevalue("database")))
