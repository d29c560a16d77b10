import pytest

from adapters.postgres.activator.reads import PostgresActivatorReads
from adapters.postgres.activator.tx import PostgresActivatorTx
from tests.contract.postgres.roles import Sides
from tests.fakes.activator import InMemoryActivatorReads, InMemoryActivatorTx


@pytest.fixture
def sides() -> Sides:
    return Sides(
        "activator",
        PostgresActivatorTx,
        PostgresActivatorReads,
        InMemoryActivatorTx,
        InMemoryActivatorReads,
    )
