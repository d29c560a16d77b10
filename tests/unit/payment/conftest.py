from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession
from prometheus_client import CollectorRegistry

from core.payment.routing import Route, RoutingPolicy
from core.payment.save_card import SaveCard
from core.payment.start_charge import StartCharge
from entrypoints.http.kit import application, serve
from entrypoints.http.payment import payment_routes
from tests.fakes.payment import (
    InMemoryPaymentReads,
    InMemoryPaymentTransactions,
    InMemoryPaymentTx,
    OpenSealer,
    ready,
)
from tests.unit.http.shop import NamedTokens


@pytest.fixture
def tx() -> InMemoryPaymentTx:
    return ready()


@pytest.fixture
async def client(tx: InMemoryPaymentTx) -> AsyncIterator[ClientSession]:
    """The role's HTTP side, over a role that knows Ada and her card."""
    routing = RoutingPolicy((Route("a"), Route("b")), browser_forms=frozenset({"b"}))
    uow, reads = InMemoryPaymentTransactions(tx), InMemoryPaymentReads(tx)
    routes = payment_routes(reads, uow, StartCharge(frozenset({"EUR"})), SaveCard(OpenSealer(), routing))
    app = application(
        [routes],
        tokens=NamedTokens(),
        title="Payment",
        issuer="https://issuer.example",
        registry=CollectorRegistry(),
    )
    running = await serve(app, idle_seconds=0.5)
    async with ClientSession(running.url) as session:
        yield session
    await running.stop()
