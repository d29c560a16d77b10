import pytest

from adapters.postgres.payment.reads import PostgresPaymentReads
from adapters.postgres.payment.tx import PostgresPaymentTx
from tests.contract.postgres.roles import Sides
from tests.fakes.payment import InMemoryPaymentReads, InMemoryPaymentTransactions, InMemoryPaymentTx


@pytest.fixture
def sides() -> Sides:
    return Sides(
        "payment",
        PostgresPaymentTx,
        PostgresPaymentReads,
        InMemoryPaymentTx,
        InMemoryPaymentReads,
        atomic=lambda tx: InMemoryPaymentTransactions(tx)(),
    )
