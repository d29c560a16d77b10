import pytest

from adapters.postgres.subscription.reads import PostgresSubscriptionReads
from adapters.postgres.subscription.tx import PostgresSubscriptionTx
from tests.contract.postgres.roles import Sides
from tests.fakes.subscription import InMemorySubscriptionReads, InMemorySubscriptionTx


@pytest.fixture
def sides() -> Sides:
    return Sides(
        "subscription",
        PostgresSubscriptionTx,
        PostgresSubscriptionReads,
        InMemorySubscriptionTx,
        InMemorySubscriptionReads,
    )
