"""The role's HTTP surface over its fakes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from aiohttp import ClientSession
from prometheus_client import CollectorRegistry

from core.messaging.envelope import Trace
from entrypoints.http.kit import application, serve
from entrypoints.http.subscription import subscription_routes
from tests.fakes.subscription import InMemorySubscriptionReads, InMemorySubscriptionTx, plan, ready
from tests.unit.http.shop import NamedTokens


@dataclass
class Kept:
    fingerprint: str
    status: int | None = None
    body: str = ""


class InMemoryKeys:
    def __init__(self) -> None:
        self.kept: dict[str, Kept] = {}

    async def claim(self, scope: str, fingerprint: str) -> Kept | None:
        known = self.kept.get(scope)
        self.kept.setdefault(scope, Kept(fingerprint))
        return known

    async def store(self, scope: str, status: int, body: str) -> None:
        self.kept[scope] = Kept(self.kept[scope].fingerprint, status, body)


class KeyedInMemoryTx(InMemorySubscriptionTx):
    idempotency = InMemoryKeys()


@pytest.fixture
def tx() -> KeyedInMemoryTx:
    known = ready(plan())
    made = KeyedInMemoryTx(known.now)
    made.users, made.plans, made.idempotency = known.users, known.plans, InMemoryKeys()
    return made


@pytest.fixture
async def client(tx: KeyedInMemoryTx) -> AsyncIterator[ClientSession]:
    @asynccontextmanager
    async def opened(trace: Trace | None = None) -> AsyncIterator[KeyedInMemoryTx]:
        yield tx

    app = application(
        [subscription_routes(opened, InMemorySubscriptionReads(tx))],
        tokens=NamedTokens(),
        title="Subscription",
        issuer="https://issuer.example",
        registry=CollectorRegistry(),
    )
    running = await serve(app)
    async with ClientSession(running.url) as session:
        yield session
    await running.stop()
