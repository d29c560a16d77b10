"""Nobody outside is called while a database transaction is open: a slow provider would hold its locks and its slot."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiosmtpd.controller import Controller

from adapters.postgres.unit_of_work import PostgresTransactions
from entrypoints.settings import schemas
from tests.conftest import Databases
from tests.contract.notices.mail_server import Postbox, free_port
from tests.integration.outward import Guard
from tests.journeys.world import GATEWAYS, World, open_world


@pytest.fixture
def guard(monkeypatch: pytest.MonkeyPatch) -> Guard:
    guard = Guard()
    guard.watch(monkeypatch)
    return guard


@pytest.fixture
async def world(guard: Guard, databases: Databases, home: Path) -> AsyncIterator[World]:
    """With a mail server in place of the folder."""
    mail = Controller(Postbox(), hostname="127.0.0.1", port=free_port())
    mail.start()
    environ = {"BILLOW_SMTP_URL": f"smtp+plain://{mail.hostname}:{mail.port}"}
    try:
        async with open_world(home, await databases.fresh(*schemas(GATEWAYS)), "", "", environ) as opened:
            yield opened
    finally:
        mail.stop()


async def test_no_call_is_made_with_a_transaction_open(world: World, guard: Guard) -> None:
    """A card saved, one refused, payments that succeed, fail, are retried, reminded of, repaid, given back; an invoice
    downloaded, a subscription billed, a provider that has to be asked again."""
    good = await world.person(card="visa")
    bad = await world.person(card="insufficient_funds", gateway="b")
    doubtful = await world.person(card="error_after_charge", gateway="b")
    await bad.save_card("refused_do_not_honor")
    paid, failed = await world.charge(good), await world.charge(bad)
    await world.charge(doubtful)
    plan = {"id": "plus", "name": "Plus", "amount": {"minor": 999, "currency": "EUR"}, "interval": "month"}
    await world.staff.post("/v1/plans", plan)
    await good.web.post("/v1/subscriptions", {"plan_id": "plus"})
    await world.live(days=4)
    answers = [
        await bad.web.ask("POST", f"/v1/payments/{failed}/repay", {}, key="again"),
        await world.staff.ask("POST", f"/v1/payments/{paid}/refunds", {}, key="back"),
        await good.web.ask("GET", f"/v1/invoices/{paid}/file"),
    ]
    assert [answer.status for answer in answers] == [202, 202, 302]
    await world.advance(days=31)
    assert not guard.caught
    doors = {"ClientSession._request", "SMTP.connect", "SMTP.send_message", "obstore.put_async", "obstore.get_async"}
    assert doors | {"FileTexts.send", "Press.print", "PostgresPublisher.publish"} <= set(guard.passed), guard.passed


async def test_the_guard_sees_a_call_inside_a_transaction(world: World, guard: Guard) -> None:
    transactions = world.billow.installation.roles["payment"].transactions
    assert isinstance(transactions, PostgresTransactions)
    async with ClientSession() as http:
        async with transactions():
            await http.get(world.billow.server.url + "/healthz")
        assert [call.partition(" ")[0] for call in guard.caught] == ["ClientSession._request"]
        await http.get(world.billow.server.url + "/healthz")
        assert len(guard.caught) == 1
