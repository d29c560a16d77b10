"""One correlation id from an HTTP request through the logs of every role to the invoice and its mail."""

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aio_pika
import pytest
import structlog

from entrypoints.settings import schemas
from entrypoints.telemetry import formatter, join_structlog
from tests.conftest import Databases
from tests.journeys.world import GATEWAYS, Answer, Person, World, open_world

CHAIN = "order-4711.of-the-shop"


class Lines:
    """The log as it is written: JSON lines."""

    def __init__(self) -> None:
        self._stream = io.StringIO()
        self.handler = logging.StreamHandler(self._stream)
        self.handler.setFormatter(formatter())

    def of(self, correlation_id: str | None, event: str) -> list[dict[str, Any]]:
        lines = map(json.loads, self._stream.getvalue().splitlines())
        return [line for line in lines if (line.get("correlation_id"), line["event"]) == (correlation_id, event)]


@pytest.fixture
def lines() -> Iterator[Lines]:
    root, found = logging.getLogger(), Lines()
    before = root.level
    root.addHandler(found.handler)
    root.setLevel(logging.INFO)
    join_structlog()
    yield found
    structlog.reset_defaults()
    root.removeHandler(found.handler)
    root.setLevel(before)


@pytest.fixture
async def world(databases: Databases, home: Path, lines: Lines) -> AsyncIterator[World]:
    async with open_world(home, await databases.fresh(*schemas(GATEWAYS)), "", "", {}) as opened:
        yield opened


async def charge(world: World, person: Person, correlation_id: str) -> Answer:
    amount = {"minor": 999, "currency": "EUR"}
    body = {"user_id": person.id, "request_id": "r1" + person.id, "amount": amount, "description": "Tea"}
    headers = {"X-Correlation-Id": correlation_id}
    return await world.product.ask("POST", "/v1/payments", body, key=person.id, **headers)


async def test_one_correlation_id_leads_from_the_request_to_the_mail(world: World, lines: Lines) -> None:
    answer = await charge(world, await world.person(card="visa"), CHAIN)
    told = {name.lower(): value for name, value in answer.headers.items()}
    assert (answer.status, told["x-correlation-id"]) == (202, CHAIN)
    await world.settle()
    assert {line["queue"] for line in lines.of(CHAIN, "message handled")} == {
        "billow.gateway-a.charges",
        "billow.payment.payment-responses",
        "billow.notifier.payment-responses",
        "billow.activator.payment-responses",
    }
    errands = sorted(line["errand"] for line in lines.of(CHAIN, "errand done"))
    assert errands == ["ChargeThroughProvider", "MakeInvoiceFile", "SendNotice", "SendNotice"]
    assert [line["status"] for line in lines.of(CHAIN, "http_request")] == [202]
    for schema, table in (("gateway_a", "charges"), ("notifier", "invoices"), ("notifier", "notices")):
        rows = await world.rows(schema, f"SELECT correlation_id FROM {table}")
        assert {row["correlation_id"] for row in rows} == {CHAIN}, table


async def test_the_chain_of_a_subscription_begins_at_its_request(world: World, lines: Lines) -> None:
    person = await world.person(card="insufficient_funds")
    plan = {"id": "p", "name": "P", "amount": {"minor": 5, "currency": "EUR"}, "interval": "month"}
    await world.staff.post("/v1/plans", plan)
    asked = ("POST", "/v1/subscriptions", {"plan_id": "p"})
    answer = await person.web.ask(*asked, key="s1", **{"X-Correlation-Id": CHAIN})
    assert answer.status == 201
    await world.settle()
    queues = {line["queue"].removeprefix("billow.") for line in lines.of(CHAIN, "message handled")}
    assert queues >= {"payment.payment-requests", "gateway-a.charges", "activator.payment-responses"}


async def test_lines_of_one_message_are_not_mixed_with_those_of_another(world: World, lines: Lines) -> None:
    people = [await world.person(card="visa") for _ in range(3)]
    await asyncio.gather(*(charge(world, person, person.id) for person in people))
    await world.settle()
    for person in people:
        assert len(lines.of(person.id, "message handled")) == 4
        assert len(lines.of(person.id, "errand done")) == 4
    assert not [*lines.of(None, "message handled"), *lines.of(None, "errand done")]


async def test_a_message_that_fails_says_which_chain_it_belongs_to(world: World, lines: Lines) -> None:
    """Its own id, where the sender began the chain."""
    message = aio_pika.Message(b"{", headers={"ce-id": "id-9", "ce-type": "user.changed.v1", "ce-source": "x"})
    await world.publish("billow.users", "user.changed.v1", message)
    parked = lines.of("id-9", "message parked")
    roles = ("activator", "notifier", "payment", "subscription")
    assert sorted(line["queue"] for line in parked) == [f"billow.{role}.users" for role in roles]
