from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from core.kernel.ids import derived
from entrypoints.http.kit import application
from tests.unit.http.shop import NamedTokens, Payment, Shop, shop_routes

USERS = ("ann", "bob")


@pytest.fixture
def shop() -> Shop:
    return Shop([Payment(n, derived("payment", n), USERS[n % 2]) for n in range(10)])


@pytest.fixture
async def client(shop: Shop) -> AsyncIterator[TestClient]:
    app = application([shop_routes(shop)], tokens=NamedTokens(), title="Shop", issuer="https://issuer.example")
    async with TestClient(TestServer(app)) as client:
        yield client


def bearer(token: str = "ann:billing", **headers: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", **headers}
