"""Invoices over HTTP: one's own, and their files by a link that expires."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from aiohttp import ClientSession
from prometheus_client import CollectorRegistry

from core.kernel.ids import PaymentId, UserId
from core.kernel.secret import Secret
from core.notifier.document import Party
from core.notifier.issue_invoice import IssueInvoice
from core.notifier.keep_user import KeepUser
from core.notifier.make_invoice_file import MakeInvoiceFile
from entrypoints.http.kit import application, serve
from entrypoints.http.notifier import notifier_routes
from tests.fakes.notifier import (
    PAID,
    PAYMENT,
    USER,
    InMemoryBucket,
    InMemoryNotifierReads,
    InMemoryNotifierTx,
    PlainRenderer,
    work_off,
)
from tests.unit.http.requests import STAFF, bearer
from tests.unit.http.shop import NamedTokens

ANN, BOB, SHOP = bearer("ann:billing"), bearer("bob:billing"), bearer("shop:billing.products")


class Notifier:
    """A notifier in memory, and what it would do in the background."""

    def __init__(self) -> None:
        self.tx, self.bucket, self.renderer = InMemoryNotifierTx(), InMemoryBucket(), PlainRenderer()

    async def pay(self, number: int, user: str = "ann") -> None:
        paid = replace(PAID, payment_id=PaymentId(UUID(int=number)) if number else PAYMENT, user_id=UserId(user))
        await IssueInvoice()(paid, self.tx)
        self.tx.now += timedelta(minutes=1)

    async def make_files(self) -> None:
        await work_off(MakeInvoiceFile(self.renderer, self.bucket, Party("Seller"), Secret(b"salt")), self.tx)


@pytest.fixture
async def notifier() -> Notifier:
    notifier = Notifier()
    for user in ("ann", "bob"):
        await KeepUser()(replace(USER, user_id=UserId(user)), notifier.tx)
    await notifier.pay(0)
    return notifier


@pytest.fixture
async def client(notifier: Notifier) -> AsyncIterator[ClientSession]:
    app = application(
        [notifier_routes(InMemoryNotifierReads(notifier.tx), notifier.bucket)],
        tokens=NamedTokens(),
        title="Notifier",
        issuer="https://issuer.example",
        registry=CollectorRegistry(),
    )
    running = await serve(app)
    async with ClientSession(running.url) as session:
        yield session
    await running.stop()


async def get(client: ClientSession, path: str, who: dict[str, str] = ANN) -> tuple[int, dict[str, str], Any]:
    async with client.get(path, headers=who, allow_redirects=False) as answer:
        text = await answer.text()
        return answer.status, dict(answer.headers), await answer.json() if text else None


async def test_an_invoice_shows_what_was_paid(client: ClientSession, notifier: Notifier) -> None:
    await notifier.make_files()
    status, _, invoice = await get(client, f"/v1/invoices/{PAYMENT}")
    assert status == 200
    assert (invoice["number"], invoice["file_ready"]) == ("2026-000001", True)
    assert invoice["amount"] == {"minor": 999, "currency": "EUR"}
    assert (invoice["period_start"], invoice["period_end"]) == ("2026-03-01", "2026-04-01")


async def test_the_file_is_a_redirect_to_a_link_of_five_minutes(client: ClientSession, notifier: Notifier) -> None:
    await notifier.make_files()
    [key] = notifier.bucket.objects
    status, headers, _ = await get(client, f"/v1/invoices/{PAYMENT}/file")
    assert status == 302
    assert headers["Location"] == f"https://bucket.invalid/{key}?for=300&filename=2026-000001.pdf"


async def test_a_file_that_is_not_made_yet_is_to_be_asked_for_again(client: ClientSession) -> None:
    status, headers, problem = await get(client, f"/v1/invoices/{PAYMENT}/file")
    assert (status, headers["Retry-After"]) == (409, "5")
    assert problem["type"] == "urn:billow:problem:file-not-ready"


async def test_an_invoice_that_waits_for_its_buyer_has_no_number_yet(client: ClientSession, notifier: Notifier) -> None:
    await notifier.pay(7, user="eve")
    status, _, invoice = await get(client, f"/v1/invoices/{UUID(int=7)}", bearer("eve:billing"))
    assert (status, invoice["number"], invoice["file_ready"]) == (200, None, False)
    assert (await get(client, "/v1/invoices", bearer("eve:billing")))[2]["items"] == []


async def test_the_list_is_paged_the_newest_first(client: ClientSession, notifier: Notifier) -> None:
    for number in (1, 2, 3):
        await notifier.pay(number)
    seen, path = [], "/v1/invoices?limit=3"
    while path:
        _, _, page = await get(client, path)
        seen += [invoice["number"] for invoice in page["items"]]
        path = f"/v1/invoices?limit=3&cursor={page['next']}" if page["next"] else ""
    assert seen == ["2026-000004", "2026-000003", "2026-000002", "2026-000001"]


async def test_a_user_sees_only_their_own_and_staff_sees_all(client: ClientSession, notifier: Notifier) -> None:
    await notifier.pay(1, user="bob")
    assert [item["user_id"] for item in (await get(client, "/v1/invoices", BOB))[2]["items"]] == ["bob"]
    assert len((await get(client, "/v1/invoices", STAFF))[2]["items"]) == 2
    assert len((await get(client, "/v1/invoices?user_id=ann", STAFF))[2]["items"]) == 1
    assert (await get(client, "/v1/invoices?user_id=ann", BOB))[0] == 404


@pytest.mark.parametrize("path", ["", "/file"])
async def test_a_foreign_invoice_does_not_exist(client: ClientSession, notifier: Notifier, path: str) -> None:
    await notifier.make_files()
    assert (await get(client, f"/v1/invoices/{PAYMENT}{path}", BOB))[0] == 404
    assert (await get(client, f"/v1/invoices/{UUID(int=99)}{path}", ANN))[0] == 404
    assert (await get(client, f"/v1/invoices/{PAYMENT}{path}", SHOP))[0] == 403
    assert (await get(client, f"/v1/invoices/{PAYMENT}{path}", STAFF))[0] in (200, 302)
