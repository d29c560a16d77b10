"""The sandbox's HTTP API, as somebody without our client meets it."""

import asyncio
import errno
import json
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from adapters.providers.sandbox.client import SandboxAccess, SandboxProvider
from adapters.providers.trial_cards import TRIAL_CARDS
from core.gateway.ports import Accepted, Captured, Declined, Order, Unknown
from core.kernel.money import Money
from tests.contract.providers.benches import SEVERAL, SHORT, SandboxBench, sandbox_bench

CARD = {"number": "4000100000000018", "cvc": "739", "expiry": {"year": 2039, "month": 12}}
CHARGE = {"token": "tok_x", "amount": 999, "currency": "EUR", "description": ""}


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[SandboxBench]:
    async with sandbox_bench(tmp_path) as bench:
        yield bench


@pytest.fixture
async def http(bench: SandboxBench) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"Authorization": "Bearer sk_sandbox_a", "Idempotency-Key": "k"}
    async with aiohttp.ClientSession(bench.url, headers=headers) as session:
        yield session


def all_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def token_of(bench: SandboxBench, card: str) -> str:
    accepted = await bench.provider.validate(f"card {card}", TRIAL_CARDS[card].entry())
    assert isinstance(accepted, Accepted)
    return accepted.card.token


async def answer_to(http: aiohttp.ClientSession, path: str, body: object, **headers: str) -> tuple[int, Any]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with http.post(path, data=data, headers=headers) as answer:
        return answer.status, await answer.json()


@pytest.mark.parametrize("authorization", ["", "Bearer ", "Bearer sk_sandbox_c", "Basic sk_sandbox_a", "Bearer ü"])
async def test_without_a_known_key_nothing_opens(http: aiohttp.ClientSession, authorization: str) -> None:
    status, body = await answer_to(http, "/v1/cards", CARD, Authorization=authorization)
    assert (status, body) == (401, {"error": "unauthorized"})


async def test_health_needs_no_key(http: aiohttp.ClientSession) -> None:
    async with http.get("/healthz", headers={"Authorization": ""}) as answer:
        assert answer.status == 200


async def test_accounts_see_nothing_of_each_other(bench: SandboxBench) -> None:
    other = SandboxProvider(SandboxAccess(bench.url, SEVERAL.accounts[1].api_key, SHORT))
    entry = TRIAL_CARDS["visa"].entry()
    ours, theirs = await bench.provider.validate("k", entry), await other.validate("k", entry)
    assert isinstance(ours, Accepted)
    assert isinstance(theirs, Accepted)
    assert ours.card.fingerprint != theirs.card.fingerprint
    order = Order("order-1", ours.card.token, Money(999, "EUR"), "")
    assert isinstance(await bench.provider.charge(order), Captured)
    assert isinstance(await other.charge(order), Declined)
    assert await other.ledger() == []
    await other.close()


async def test_neither_number_nor_cvc_reaches_the_disk(bench: SandboxBench, tmp_path: Path) -> None:
    for name, card in TRIAL_CARDS.items():
        entry = card.entry()
        await bench.provider.validate(name, entry)
    await bench.switch_off()
    on_disk = all_bytes(tmp_path)
    assert b"tok_" in on_disk
    assert not [card.name for card in TRIAL_CARDS.values() if card.digits.encode() in on_disk]
    with sqlite3.connect(tmp_path / "sandbox.db") as db:
        values = {str(value) for row in db.execute("SELECT * FROM cards") for value in row}
    db.close()
    assert not values & {"123", "1234"}


async def test_a_number_that_is_no_test_card_is_refused_and_forgotten(
    http: aiohttp.ClientSession, bench: SandboxBench, tmp_path: Path
) -> None:
    status, body = await answer_to(http, "/v1/cards", {**CARD, "number": "4000100000009993"})
    assert (status, body["decline"], body["code"]) == (402, "invalid_card", "not_a_test_card")
    await bench.switch_off()
    assert b"4000100000009993" not in all_bytes(tmp_path)


async def test_a_cvc_of_the_wrong_length_is_refused(http: aiohttp.ClientSession) -> None:
    status, body = await answer_to(http, "/v1/cards", {**CARD, "cvc": "1234"})
    assert (status, body["code"]) == (402, "cvc_length")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/cards", b"{"),
        ("/v1/cards", b"\xff"),
        ("/v1/cards", b"[" * 10_000),
        ("/v1/cards", []),
        ("/v1/cards", {**CARD, "number": "4000100000000019"}),
        ("/v1/cards", {**CARD, "number": 4000100000000018}),
        ("/v1/cards", {**CARD, "expiry": {"year": 2039, "month": 13}}),
        ("/v1/cards", {**CARD, "expiry": "12/39"}),
        ("/v1/charges", {**CHARGE, "amount": 9.99}),
        ("/v1/charges", {**CHARGE, "amount": True}),
        ("/v1/charges", {**CHARGE, "amount": 0}),
        ("/v1/charges", {**CHARGE, "amount": -1}),
        ("/v1/charges", {**CHARGE, "amount": 10**15}),
        ("/v1/charges", {**CHARGE, "currency": "XXX"}),
        ("/v1/charges", {**CHARGE, "token": "t" * 256}),
        ("/v1/refunds", {"amount": 1, "currency": "EUR"}),
    ],
    ids=str,
)
async def test_what_makes_no_sense_is_refused_without_quoting_a_card(
    http: aiohttp.ClientSession, path: str, body: object
) -> None:
    status, answer = await answer_to(http, path, body)
    assert (status, answer["error"]) == (400, "malformed")
    assert "400010" not in json.dumps(answer)


@pytest.mark.parametrize("key", ["", "k" * 256])
async def test_a_charge_needs_a_key(http: aiohttp.ClientSession, key: str) -> None:
    status, _ = await answer_to(http, "/v1/charges", CHARGE, **{"Idempotency-Key": key})
    assert status == 400


async def test_a_key_with_another_body_is_a_conflict(http: aiohttp.ClientSession) -> None:
    await answer_to(http, "/v1/charges", CHARGE)
    for other in ({"amount": 998}, {"currency": "USD"}, {"token": "tok_y"}, {"description": "July"}):
        status, body = await answer_to(http, "/v1/charges", {**CHARGE, **other})
        assert (status, body["error"]) == (422, "idempotency_conflict")


async def test_a_key_of_a_charge_is_no_key_of_a_refund(http: aiohttp.ClientSession) -> None:
    await answer_to(http, "/v1/charges", CHARGE)
    refund = {"charge_key": "k", "amount": 1, "currency": "EUR"}
    status, _ = await answer_to(http, "/v1/refunds", refund)
    assert status == 422


async def test_a_body_too_large_is_refused(http: aiohttp.ClientSession) -> None:
    async with http.post("/v1/charges", data=b" " * 20_000) as answer:
        assert answer.status == 413


async def test_books_longer_than_a_page_are_read_whole(bench: SandboxBench) -> None:
    token = await token_of(bench, "visa")
    orders = [Order(f"order-{n}", token, Money(n + 1, "EUR"), "") for n in range(501)]
    for start in range(0, len(orders), 50):
        await asyncio.gather(*map(bench.provider.charge, orders[start : start + 50]))
    assert {entry.key for entry in await bench.provider.ledger()} == {order.key for order in orders}


async def test_the_books_cannot_be_rewritten(bench: SandboxBench, tmp_path: Path) -> None:
    token = await token_of(bench, "visa")
    await bench.provider.charge(Order("order-1", token, Money(1, "EUR"), ""))
    db = sqlite3.connect(tmp_path / "sandbox.db")
    for statement in ("DELETE FROM entries", "UPDATE entries SET minor = 2"):
        with pytest.raises(sqlite3.IntegrityError, match="append only"):
            db.execute(statement)
    db.close()


async def test_stopping_does_not_wait_for_answers_held_back(bench: SandboxBench) -> None:
    patient = SandboxProvider(SandboxAccess(bench.url, SEVERAL.accounts[0].api_key))
    token = await token_of(bench, "timeout_after_charge")
    held = asyncio.create_task(patient.charge(Order("order-1", token, Money(1, "EUR"), "")))
    async with asyncio.timeout(5):
        while not await bench.provider.ledger():
            pass
    async with asyncio.timeout(2):
        await bench.switch_off()
        assert isinstance(await held, Unknown)
    await patient.close()


async def test_an_answer_is_held_back_no_longer_than_the_setting(bench: SandboxBench) -> None:
    patient = SandboxProvider(SandboxAccess(bench.url, SEVERAL.accounts[0].api_key))
    token = await token_of(bench, "timeout_before_charge")
    async with asyncio.timeout(SEVERAL.hold + 3):
        assert isinstance(await patient.charge(Order("order-1", token, Money(1, "EUR"), "")), Unknown)
    await patient.close()


async def test_a_reset_is_a_reset_on_the_wire(bench: SandboxBench, http: aiohttp.ClientSession) -> None:
    for name in ("reset_before_charge", "reset_after_charge"):
        token = await token_of(bench, name)
        with pytest.raises(aiohttp.ClientOSError) as error:
            await answer_to(http, "/v1/charges", {**CHARGE, "token": token}, **{"Idempotency-Key": name})
        assert error.value.errno == errno.ECONNRESET


async def test_a_dripping_answer_never_comes_to_an_end_in_time(
    bench: SandboxBench, http: aiohttp.ClientSession
) -> None:
    charge = {**CHARGE, "token": await token_of(bench, "drip_after_charge")}
    async with http.post("/v1/charges", json=charge) as answer:
        assert answer.status == 200
        assert [await answer.content.readexactly(1) for _ in range(3)] == [b" "] * 3
        assert not answer.content.at_eof()


async def test_a_card_that_runs_out_is_declined_from_then_on(bench: SandboxBench) -> None:
    token = await token_of(bench, "visa")
    bench.pass_time(14 * 366 * 86_400)
    outcome = await bench.provider.charge(Order("order-1", token, Money(1, "EUR"), ""))
    assert isinstance(outcome, Declined)
    assert outcome.decline.hard
