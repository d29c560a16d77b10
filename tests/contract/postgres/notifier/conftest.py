import pytest

from adapters.postgres.notifier.reads import PostgresNotifierReads
from adapters.postgres.notifier.tx import PostgresNotifierTx
from tests.contract.postgres.roles import Sides
from tests.fakes.notifier import InMemoryNotifierReads, InMemoryNotifierTx


@pytest.fixture
def sides() -> Sides:
    return Sides(
        "notifier",
        PostgresNotifierTx,
        PostgresNotifierReads,
        InMemoryNotifierTx,
        InMemoryNotifierReads,
    )
