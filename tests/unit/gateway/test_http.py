"""Manual reviews over HTTP: for staff alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession
from openapi_spec_validator import validate
from prometheus_client import CollectorRegistry

from core.contracts.payment_responses import PaymentSucceeded, RefundFailed
from core.gateway.accept_charge import AcceptCharge
from core.gateway.accept_refund import AcceptRefund
from core.gateway.charge_through_provider import ChargeThroughProvider
from core.gateway.ports import GatewayTx
from core.gateway.refund_through_provider import RefundThroughProvider
from core.kernel.outcomes import DeclineClass
from entrypoints.http.gateway import gateway_routes
from entrypoints.http.kit import application, serve
from tests.fakes.gateway import (
    ORDER,
    PAYMENT,
    REFUND,
    Fate,
    FatefulProvider,
    InMemoryGatewayReads,
    InMemoryGatewayTx,
    until_settled,
    work_off,
)
from tests.unit.http.requests import STAFF, bearer
from tests.unit.http.shop import NamedTokens

CHARGES = "/v1/gateways/a/charges"
REFUNDS = "/v1/gateways/a/refunds"
RESOLVE = f"{CHARGES}/{PAYMENT}/1/resolve"


@pytest.fixture
async def tx() -> InMemoryGatewayTx:
    tx = InMemoryGatewayTx()
    await AcceptCharge()(ORDER, tx)
    provider = FatefulProvider(lambda: tx.now, [Fate.OVERCHARGED])
    await until_settled(ChargeThroughProvider(provider), tx)  # type: ignore[arg-type]
    tx.outbox.drain()
    return tx


@pytest.fixture
async def client(tx: InMemoryGatewayTx) -> AsyncIterator[ClientSession]:
    @asynccontextmanager
    async def uow() -> AsyncIterator[GatewayTx]:
        yield tx

    reads = InMemoryGatewayReads(tx)
    app = application(
        [gateway_routes(f"gateway-{name}", reads, uow) for name in ("a", "b")],
        tokens=NamedTokens(),
        title="Gateways",
        issuer="https://issuer.example",
        registry=CollectorRegistry(),
    )
    running = await serve(app)
    async with ClientSession(running.url) as session:
        yield session
    await running.stop()


async def get(client: ClientSession, path: str, who: dict[str, str] = STAFF) -> tuple[int, Any]:
    async with client.get(path, headers=who) as answer:
        return answer.status, await answer.json()


async def post(client: ClientSession, body: dict[str, str], path: str = RESOLVE) -> tuple[int, Any]:
    async with client.post(path, json=body, headers=STAFF) as answer:
        return answer.status, await answer.json()


async def test_staff_see_what_waits_for_them_with_what_is_needed_to_look_it_up(client: ClientSession) -> None:
    status, page = await get(client, CHARGES)
    [charge] = page["items"]
    assert (status, page["next"]) == (200, None)
    assert charge["provider_key"] == f"{PAYMENT}:1"
    assert (charge["state"], charge["provider_reference"]) == ("manual_review", "ch_odd")
    assert charge["amount"] == {"minor": 999, "currency": "EUR"}
    assert "tok_1" not in str(charge)


async def test_other_states_can_be_asked_for_and_unknown_ones_not(client: ClientSession) -> None:
    assert (await get(client, f"{CHARGES}?state=succeeded"))[1]["items"] == []
    assert (await get(client, f"{CHARGES}?state=paid"))[0] in (400, 422)


async def test_a_verdict_settles_the_charge_and_is_told_once(client: ClientSession, tx: InMemoryGatewayTx) -> None:
    verdict = {"verdict": "succeeded", "provider_reference": "ch_7", "detail": "seen in the books"}
    for _ in range(2):
        status, charge = await post(client, verdict)
        assert (status, charge["state"], charge["provider_reference"]) == (200, "succeeded", "ch_7")
    [told] = tx.outbox.drain()
    assert isinstance(told, PaymentSucceeded)
    assert (await post(client, {"verdict": "declined"}))[0] == 409


async def test_a_refund_in_review_is_seen_and_ended_by_a_person_and_told_once(
    client: ClientSession, tx: InMemoryGatewayTx
) -> None:
    await AcceptRefund()(REFUND, tx)
    provider = FatefulProvider(lambda: tx.now, [Fate.OVERCHARGED])
    await work_off(RefundThroughProvider(provider), tx)  # type: ignore[arg-type]
    tx.outbox.drain()
    [waiting] = (await get(client, REFUNDS))[1]["items"]
    assert (waiting["provider_key"], waiting["state"]) == (f"{PAYMENT}:refund:1", "manual_review")
    path = f"{REFUNDS}/{PAYMENT}/1/resolve"
    for _ in range(2):
        status, refund = await post(client, {"verdict": "not_attempted", "detail": "not in the books"}, path)
        assert (status, refund["state"]) == (200, "not_attempted")
    [told] = tx.outbox.drain()
    assert isinstance(told, RefundFailed)
    assert (told.reason, told.detail) == (DeclineClass.NOT_ATTEMPTED, "not in the books")
    assert (await post(client, {"verdict": "succeeded"}, path))[0] == 409
    assert (await post(client, {"verdict": "succeeded"}, f"{REFUNDS}/{PAYMENT}/9/resolve"))[0] == 404


@pytest.mark.parametrize("body", [{}, {"verdict": "paid"}, {"verdict": "declined", "who": "me"}])
async def test_a_verdict_that_is_none_is_refused(client: ClientSession, body: dict[str, str]) -> None:
    assert (await post(client, body))[0] == 422


async def test_a_charge_nobody_ordered_is_not_found(client: ClientSession) -> None:
    assert (await post(client, {"verdict": "declined"}, f"{CHARGES}/{PAYMENT}/9/resolve"))[0] == 404


@pytest.mark.parametrize("scope", ["billing", "billing.products"])
async def test_only_staff_may_look_or_resolve(client: ClientSession, scope: str) -> None:
    who = bearer(f"ann:{scope}")
    assert (await get(client, CHARGES, who))[0] == 403
    assert (await get(client, REFUNDS, who))[0] == 403
    async with client.post(RESOLVE, json={"verdict": "declined"}, headers=who) as answer:
        assert answer.status == 403


async def test_two_gateways_are_described_in_one_document(client: ClientSession) -> None:
    _, document = await get(client, "/openapi.json")
    validate(document)
    assert {CHARGES, CHARGES.replace("/a/", "/b/")} <= set(document["paths"])
