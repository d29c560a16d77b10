"""Everything twice and at once: consumers, errands, schedulers, requests. One effect each."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from adapters.inprocess.bus import PostgresBus
from adapters.providers.trial_cards import TRIAL_CARDS
from core.contracts.charges import ChargeOrdered
from core.contracts.payment_requests import PaymentRequested
from core.contracts.payment_responses import PaymentSucceeded
from core.kernel.ids import PaymentId
from core.kernel.money import Money
from core.messaging.envelope import Trace
from core.subscription.calendar import Interval, Recurrence
from core.subscription.model import Plan, PlanId, SubscriptionId
from core.subscription.offer_plan import OfferPlan
from core.subscription.subscribe import Subscribe
from entrypoints.roles import consume_loops, tickings
from entrypoints.ticking import Scheduler
from tests.conftest import Databases, ManualClock
from tests.integration.deployed import granted
from tests.integration.stand import CHAIN, Stand, stand
from tests.integration.waiting import until
from tests.journeys.world import Answer, World, open_world
from tests.samples import SAMPLES, USER

MANY, TIMES = 40, 5
MONTHS = 3


def sample(kind: type[Any]) -> Any:
    return next(found for found in SAMPLES if isinstance(found, kind))


def several(kind: type[Any], **fields: Any) -> list[Any]:
    return [replace(sample(kind), payment_id=PaymentId(UUID(int=n)), **fields) for n in range(1, MANY + 1)]


@pytest.fixture
async def url(databases: Databases) -> str:
    return await granted(databases)


@pytest.fixture
async def roles(url: str, clock: ManualClock) -> AsyncIterator[Stand]:
    async with stand(url, clock) as opened:
        yield opened


@pytest.fixture
async def second_bus(url: str, roles: Stand) -> AsyncIterator[PostgresBus]:
    """The bus as another process opens it."""
    async with PostgresBus(url, roles.broker.topology, roles.broker.clock) as bus:
        yield bus


async def run_twice(roles: Stand, consumer: str, second_bus: PostgresBus) -> None:
    """The role's consumers and errands in two copies, until no message is left."""
    roles.start(consumer)
    roles.run(consume_loops(roles.roles[consumer], replace(roles.broker, bus=second_bus)))
    await until(lambda: roles.waiting(consumer), 0)


async def test_two_consumers_and_five_copies_make_one_payment_each(roles: Stand, second_bus: PostgresBus) -> None:
    requests = [replace(sample(PaymentRequested), request_id=f"r{n}") for n in range(MANY)]
    await roles.publish(*requests, times=TIMES)
    await run_twice(roles, "payment", second_bus)
    assert await roles.outbox("payment") == [("payment.failed.v1", CHAIN)] * MANY
    assert await roles.value("payment", "SELECT count(*) FROM payments") == MANY
    handled = {"queue": "billow.payment.payment-requests", "kind": PaymentRequested.kind, "became": "handled"}
    assert roles.broker.metrics.registry.get_sample_value("billow_messages_total", handled) == MANY


async def test_two_consumers_and_five_copies_make_one_charge_each(roles: Stand, second_bus: PostgresBus) -> None:
    provider = roles.outside.providers["a"]
    accepted: Any = await provider.validate("k", TRIAL_CARDS["visa"].entry())
    await roles.publish(*several(ChargeOrdered, gateway="a", card_token=accepted.card.token), times=TIMES)
    await run_twice(roles, "gateway-a", second_bus)
    await until(lambda: roles.value("gateway-a", "SELECT count(*) FROM charges WHERE state = 'succeeded'"), MANY)
    assert len(await provider.ledger()) == MANY
    assert await roles.outbox("gateway-a") == [("payment.succeeded.v1", CHAIN)] * MANY


async def test_two_consumers_and_five_copies_make_one_invoice_each(roles: Stand, second_bus: PostgresBus) -> None:
    await roles.publish(*(found for found in SAMPLES if found.kind == "user.changed.v1"))
    await roles.publish(*several(PaymentSucceeded), times=TIMES)
    await run_twice(roles, "notifier", second_bus)
    await until(lambda: roles.value("notifier", "SELECT count(*) FROM notices WHERE state = 'sent'"), 2 * MANY)
    assert await roles.value("notifier", "SELECT array_agg(serial ORDER BY serial) FROM invoices") == [
        *range(1, MANY + 1)
    ]
    assert (len(roles.outside.mailer.handed), len(roles.outside.texts.handed)) == (MANY, MANY)
    assert len(roles.outside.bucket.objects) == MANY


@pytest.fixture
async def subscribed(roles: Stand, clock: ManualClock) -> Stand:
    """So many subscriptions, and then nobody looked for some months."""
    await roles.publish(*(found for found in SAMPLES if found.kind == "user.changed.v1"))
    roles.start("subscription")
    await until(lambda: roles.value("subscription", "SELECT count(*) FROM users"), 1)
    plan = Plan(PlanId("plus"), "Plus", Money(999, "EUR"), Recurrence(Interval.MONTH, 1))
    async with roles.roles["subscription"].transactions(Trace(CHAIN, "c")) as tx:
        await OfferPlan()(plan, tx)
        for n in range(MANY):
            await Subscribe()(SubscriptionId(UUID(int=n)), USER, plan.id, tx)
    await roles.value("subscription", "WITH gone AS (DELETE FROM outbox RETURNING 1) SELECT count(*) FROM gone")
    clock.time += timedelta(days=31 * MONTHS)
    return roles


async def requested(roles: Stand) -> Sequence[str]:
    """Ids of the payment requests that were made."""
    query = "SELECT array_agg(convert_from(body, 'UTF8')::jsonb ->> 'request_id') FROM outbox"
    return await roles.value("subscription", query) or []


async def test_ticks_at_once_bill_each_period_once(subscribed: Stand) -> None:
    (bill,) = tickings(subscribed.roles["subscription"])
    await asyncio.gather(*(bill() for _ in range(4)))
    found = await requested(subscribed)
    assert (len(found), len(set(found))) == (MANY * MONTHS, MANY * MONTHS)
    await bill()
    assert len(await requested(subscribed)) == MANY * MONTHS


async def test_two_schedulers_at_once_bill_each_period_once(subscribed: Stand) -> None:
    found = tickings(subscribed.roles["subscription"])
    schedulers = [Scheduler(found, subscribed.broker.metrics) for _ in range(2)]
    for scheduler in schedulers:
        scheduler.start()
    await until(lambda: subscribed.value("subscription", "SELECT count(*) FROM outbox"), MANY * MONTHS)
    await asyncio.gather(*(scheduler.stop() for scheduler in schedulers))
    assert Counter(Counter(await requested(subscribed)).values()) == {1: MANY * MONTHS}


@pytest.fixture
async def world(url: str, home: Path) -> AsyncIterator[World]:
    async with open_world(home, url, "", "", {}) as opened:
        yield opened


async def test_one_key_twenty_times_at_once_is_one_payment(world: World) -> None:
    person = await world.person(card="visa")
    amount = {"minor": 999, "currency": "EUR"}
    body = {"user_id": person.id, "request_id": "r1", "amount": amount, "description": "Tea"}

    async def ask() -> Answer:
        return await world.product.ask("POST", "/v1/payments", body, key="the-key")

    answers = await asyncio.gather(*(ask() for _ in range(20)))
    first_hand = Counter((one.status, "Idempotent-Replayed" in one.headers) for one in answers)
    assert first_hand[202, False] == 1
    assert set(first_hand) <= {(202, False), (202, True), (409, False)}, "done, done before, or still running"
    assert len({one.text for one in answers if one.status == 202}) == 1
    await world.settle()
    [payment] = await person.payments()
    assert (payment["state"], len(payment["attempts"])) == ("succeeded", 1)
    assert len(await world.provider_books("a")) == 1


async def test_one_request_under_twenty_keys_at_once_is_one_payment(world: World) -> None:
    person = await world.person(card="visa")
    body = {"user_id": person.id, "request_id": "r1", "amount": {"minor": 999, "currency": "EUR"}, "description": "Tea"}
    asked = (world.product.ask("POST", "/v1/payments", body, key=f"key-{n}") for n in range(20))
    statuses = Counter(answer.status for answer in await asyncio.gather(*asked))
    assert statuses[202] >= 1
    assert set(statuses) <= {202, 503}, "accepted, or lost the race and may come again"
    await world.settle()
    assert len(await person.payments()) == 1
    assert len(await world.provider_books("a")) == 1
