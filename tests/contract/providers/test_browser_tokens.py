"""The sandbox as a page in a browser meets it: with the publishable key, from any origin."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from adapters.providers.sandbox.browser import PATH
from adapters.providers.trial_cards import TRIAL_CARDS
from core.gateway.ports import Accepted, CardDeclined
from tests.contract.providers.benches import SEVERAL, SandboxBench, sandbox_bench

OURS = SEVERAL.accounts[0]
CARD = {"number": "4000100000000018", "cvc": "739", "expiry": {"year": 2039, "month": 12}}
PAGE = "https://shop.example.com"


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[SandboxBench]:
    async with sandbox_bench(tmp_path) as bench:
        yield bench


@pytest.fixture
async def page(bench: SandboxBench) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"Authorization": f"Bearer {OURS.publishable_key}", "Origin": PAGE}
    async with aiohttp.ClientSession(bench.url, headers=headers) as session:
        yield session


async def answer_to(page: aiohttp.ClientSession, body: Any, path: str = PATH, **headers: str) -> tuple[int, Any]:
    async with page.post(path, json=body, headers=headers) as answer:
        return answer.status, await answer.json()


async def test_a_token_tells_nothing_but_how_long_it_lives(page: aiohttp.ClientSession) -> None:
    status, body = await answer_to(page, CARD)
    assert (status, body["expires_in"], set(body)) == (200, 900, {"browser_token", "expires_in"})
    assert not any(digits in str(body) for digits in (CARD["number"][-4:], "739"))
    assert (await answer_to(page, CARD))[1]["browser_token"] != body["browser_token"]


@pytest.mark.parametrize("path", ["/v1/cards", "/v1/charges", "/v1/refunds"])
async def test_the_publishable_key_opens_nothing_else(page: aiohttp.ClientSession, path: str) -> None:
    assert await answer_to(page, CARD, path) == (401, {"error": "unauthorized"})
    for told in ("/v1/ledger", "/v1/account", "/v1/charges?key=k"):
        async with page.get(told) as answer:
            assert answer.status == 401


@pytest.mark.parametrize("key", ["", "sk_sandbox_a", "pk_", "pk_" + "a" * 32])
async def test_no_other_key_makes_browser_tokens(page: aiohttp.ClientSession, key: str) -> None:
    assert await answer_to(page, CARD, Authorization=f"Bearer {key}") == (401, {"error": "unauthorized"})


def test_a_publishable_key_is_an_accounts_own_and_not_its_api_key() -> None:
    keys = {account.publishable_key for account in SEVERAL.accounts}
    assert len(keys) == len(SEVERAL.accounts)
    assert not any(account.api_key.reveal() in key for account in SEVERAL.accounts for key in keys)


@pytest.mark.parametrize(
    ("other", "status", "said"),
    [
        ({"number": "4000100000009993"}, 402, "not_a_test_card"),
        ({"cvc": "1234"}, 402, "cvc_length"),
        ({"number": "4000100000000019"}, 400, "malformed"),
        ({"expiry": None}, 400, "malformed"),
    ],
)
async def test_what_the_form_would_not_take_is_refused_at_once_without_quoting_it(
    page: aiohttp.ClientSession, other: dict[str, Any], status: int, said: str
) -> None:
    told, body = await answer_to(page, CARD | other)
    assert (told, body.get("code") or body["error"]) == (status, said)
    assert "400010" not in str(body)


@pytest.mark.parametrize("body", [{**CARD, "browser_token": "btok"}, {"browser_token": None}, {"browser_token": " "}])
async def test_a_card_and_a_browser_token_are_not_brought_together(page: aiohttp.ClientSession, body: Any) -> None:
    opened = {"Authorization": "Bearer sk_sandbox_a", "Idempotency-Key": "k"}
    status, told = await answer_to(page, body, "/v1/cards", **opened)
    assert (status, told["error"]) == (400, "malformed")


async def test_a_browser_may_ask_first_and_then_sees_every_answer(page: aiohttp.ClientSession) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    async with page.options(PATH, headers={**asked, "Authorization": ""}) as answer:
        assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (204, "*")
        assert {"Authorization", "Content-Type"} == set(answer.headers["Access-Control-Allow-Headers"].split(", "))
    for body, opened in ((CARD, {}), ({}, {}), ({**CARD, "cvc": "1234"}, {}), (CARD, {"Authorization": ""})):
        async with page.post(PATH, json=body, headers=opened) as answer:
            assert answer.headers["Access-Control-Allow-Origin"] == "*", answer.status


async def test_what_only_our_servers_call_is_shown_to_no_page(page: aiohttp.ClientSession) -> None:
    async with page.post("/v1/cards", json=CARD, headers={"Authorization": "Bearer sk_sandbox_a"}) as answer:
        assert "Access-Control-Allow-Origin" not in answer.headers


async def test_neither_number_nor_cvc_reaches_the_disk(bench: SandboxBench, tmp_path: Path) -> None:
    kept = []
    for name, card in TRIAL_CARDS.items():
        token = await bench.browser_token(card.entry())
        kept.append(await bench.provider.validate(name, token))
    waiting = await bench.browser_token(TRIAL_CARDS["visa"].entry())
    await bench.switch_off()
    assert {Accepted, CardDeclined} <= {type(answer) for answer in kept}
    on_disk = all_bytes(tmp_path)
    assert waiting.token.reveal().encode() in on_disk
    assert not [card.name for card in TRIAL_CARDS.values() if card.digits.encode() in on_disk]
    with sqlite3.connect(tmp_path / "sandbox.db") as db:
        values = {str(value) for table in ("cards", "browser_tokens") for row in rows(db, table) for value in row}
    db.close()
    assert not values & {"123", "1234"}


async def test_tokens_nobody_used_in_time_are_forgotten(bench: SandboxBench, tmp_path: Path) -> None:
    entry = TRIAL_CARDS["visa"].entry()
    await bench.browser_token(entry)
    bench.pass_time(15 * 60)
    token = await bench.browser_token(entry)
    with sqlite3.connect(tmp_path / "sandbox.db") as db:
        assert [row[1] for row in rows(db, "browser_tokens")] == [token.token.reveal()]
    db.close()


def all_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def rows(db: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    return list(db.execute(f"SELECT * FROM {table}"))
