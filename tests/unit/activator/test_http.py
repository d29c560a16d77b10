"""May this user use our products? As products, users and staff ask it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import ClientSession
from prometheus_client import CollectorRegistry

from core.activator.block_user import BlockUser
from core.activator.model import User
from core.kernel.ids import UserId
from entrypoints.http.activator import activator_routes
from entrypoints.http.kit import application, serve
from tests.fakes.activator import InMemoryActivatorReads, InMemoryActivatorTx, failed, payment
from tests.unit.http.requests import STAFF, bearer
from tests.unit.http.shop import NamedTokens

ADA, EVE, SHOP = bearer("ada:billing"), bearer("eve:billing"), bearer("shop:billing.products")
BLOCKED = {"user_id": "ada", "blocked": True, "since": "2026-03-01T12:00:00Z", "reasons": [str(payment(1))]}
FREE = {"user_id": "auth0|bob", "blocked": False, "since": None, "reasons": []}


@pytest.fixture
async def client() -> AsyncIterator[ClientSession]:
    tx = InMemoryActivatorTx()
    for user in ("ada", "auth0|bob"):
        tx.users.save(User(UserId(user), datetime(2026, 1, 1, tzinfo=UTC)))
    await BlockUser()(failed(), tx)
    app = application(
        [activator_routes(InMemoryActivatorReads(tx))],
        tokens=NamedTokens(),
        title="Activator",
        issuer="https://issuer.example",
        registry=CollectorRegistry(),
    )
    running = await serve(app)
    async with ClientSession(running.url) as session:
        yield session
    await running.stop()


async def ask(client: ClientSession, user: str, who: dict[str, str]) -> tuple[int, Any]:
    async with client.get(f"/v1/users/{user}/access", headers=who) as answer:
        return answer.status, await answer.json()


async def query(client: ClientSession, users: list[str], who: dict[str, str] = SHOP) -> tuple[int, Any]:
    async with client.post("/v1/access/query", json={"user_ids": users}, headers=who) as answer:
        return answer.status, await answer.json()


async def test_a_blocked_user_is_told_since_when_and_why(client: ClientSession) -> None:
    for who in (ADA, SHOP, STAFF):
        assert await ask(client, "ada", who) == (200, BLOCKED)


async def test_a_user_without_debts_is_free(client: ClientSession) -> None:
    assert await ask(client, "auth0%7Cbob", SHOP) == (200, FREE)


async def test_nobody_is_answered_for_who_is_not_known(client: ClientSession) -> None:
    assert (await ask(client, "nobody", SHOP))[0] == 404


async def test_a_user_does_not_see_anothers_access(client: ClientSession) -> None:
    assert (await ask(client, "ada", EVE))[0] == 404


async def test_many_are_asked_for_at_once_and_the_unknown_are_named(client: ClientSession) -> None:
    answer = {"users": [FREE, BLOCKED], "unknown": ["nobody"]}
    assert await query(client, ["auth0|bob", "nobody", "ada", "ada"]) == (200, answer)


async def test_a_thousand_are_answered_for_and_no_more(client: ClientSession) -> None:
    status, answer = await query(client, [f"user-{number}" for number in range(1_000)])
    assert (status, len(answer["unknown"])) == (200, 1_000)
    assert (await query(client, ["x"] * 1_001))[0] == 422
    assert (await query(client, []))[0] == 422


async def test_users_do_not_ask_for_many(client: ClientSession) -> None:
    assert (await query(client, ["ada"], ADA))[0] == 403
