import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import ClientSession
from prometheus_client import CollectorRegistry

from core.kernel.ids import derived
from entrypoints.http.kit import RunningServer, application, serve
from tests.unit.http.shop import NamedTokens, Payment, Shop, shop_routes

USERS = ("ann", "bob")


@pytest.fixture
def shop() -> Shop:
    return Shop([Payment(n, derived("payment", n), USERS[n % 2]) for n in range(10)])


@pytest.fixture
async def server(shop: Shop) -> AsyncIterator[RunningServer]:
    app = application(
        [shop_routes(shop)],
        tokens=NamedTokens(),
        title="Shop",
        issuer="https://issuer.example",
        registry=CollectorRegistry(),
    )
    running = await serve(app, idle_seconds=0.5)
    yield running
    await running.stop()


@pytest.fixture
async def client(server: RunningServer) -> AsyncIterator[ClientSession]:
    async with ClientSession(server.url) as client:
        yield client


Raw = Callable[[bytes], Awaitable[tuple[int, dict[str, str], dict[str, object]]]]


@pytest.fixture
def raw(server: RunningServer) -> Raw:
    """Sends bytes as they are and reads one answer: status, headers, JSON body."""

    async def send(wire: bytes) -> tuple[int, dict[str, str], dict[str, object]]:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(wire)
        head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)).decode()
        status, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        writer.close()
        return int(status.split()[1]), headers, json.loads(body or b"{}")

    return send
