import pytest

from adapters.postgres.gateway.reads import PostgresGatewayReads
from adapters.postgres.gateway.tx import PostgresGatewayTx
from tests.contract.postgres.roles import Sides
from tests.fakes.gateway import InMemoryGatewayReads, InMemoryGatewayTx


@pytest.fixture
def sides() -> Sides:
    return Sides(
        "gateway_a",
        PostgresGatewayTx,
        PostgresGatewayReads,
        InMemoryGatewayTx,
        InMemoryGatewayReads,
    )
