"""What happened is counted, and what waits is measured: each number is made to move."""

import math
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import ClientSession

from core.contracts.access import AccessBlocked
from core.kernel.ids import UserId
from core.kernel.trouble import Unavailable
from core.messaging.envelope import Trace, Wire
from core.messaging.ports import Outgoing
from core.subscription.keep_user import KeepUser
from entrypoints.http.kit import application, serve
from entrypoints.measuring import Measuring
from entrypoints.roles import tickings
from entrypoints.ticking import Scheduler
from tests.conftest import Databases, ManualClock
from tests.integration.deployed import granted
from tests.integration.stand import CHAIN, Stand, stand
from tests.integration.waiting import until
from tests.samples import SAMPLES
from tests.unit.http.shop import NamedTokens

BY_KIND = {sample.kind: sample for sample in SAMPLES}
USERS = "billow.subscription.users"


@pytest.fixture
async def roles(databases: Databases, clock: ManualClock) -> AsyncIterator[Stand]:
    async with stand(await granted(databases), clock) as opened:
        yield opened


def number(roles: Stand, name: str, **labels: str) -> float | None:
    return roles.broker.metrics.registry.get_sample_value(f"billow_{name}", labels)


async def seen(roles: Stand, wanted: float, name: str, **labels: str) -> None:
    async def found() -> float | None:
        return number(roles, name, **labels)

    await until(found, wanted)


def measuring_of(roles: Stand) -> Measuring:
    bus, clock = roles.broker.bus, roles.broker.clock
    return Measuring(roles.broker.metrics, roles.databases, bus.dead_letters, [USERS], clock)


async def look(roles: Stand) -> None:
    await measuring_of(roles).look()


async def test_messages_are_counted_by_what_became_of_them(roles: Stand) -> None:
    await roles.publish(BY_KIND["user.changed.v1"], times=3)
    roles.start("subscription")
    labels = {"queue": USERS, "kind": "user.changed.v1"}
    await seen(roles, 1, "messages_total", **labels, became="handled")
    await seen(roles, 2, "messages_total", **labels, became="repeated")
    await seen(roles, 1, "batch_seconds_count", queue=USERS)


async def test_what_cannot_be_read_is_counted_as_parked_and_its_words_make_no_label(roles: Stand) -> None:
    odd = Wire({"ce-id": "1", "ce-type": "whatever the sender likes", "ce-source": "x"}, b"{")
    await roles.broker.bus.publisher.publish([Outgoing("billow.users", "user.changed.v1", odd)])
    roles.start("subscription")
    await seen(roles, 1, "messages_total", queue=USERS, kind="unknown", became="parked")
    await look(roles)
    assert number(roles, "dead_letters", queue=USERS) == 1


class Away:
    """A use case whose dependency is away."""

    async def __call__(self, message: object, tx: object) -> None:
        raise Unavailable("for now")


async def test_what_is_put_off_is_counted_and_measured(roles: Stand) -> None:
    role = roles.roles["subscription"]
    roles.roles = {**roles.roles, role.consumer: replace(role, use_cases={**role.use_cases, KeepUser: Away()})}
    await roles.publish(BY_KIND["user.changed.v1"])
    roles.start("subscription")
    await seen(roles, 1, "messages_total", queue=USERS, kind="user.changed.v1", became="put_off")
    await look(roles)
    assert number(roles, "retries_rows", role="subscription") == 1
    assert number(roles, "retries_rows", role="payment") == 0


async def test_publishes_and_errands_are_counted(roles: Stand) -> None:
    ordered = replace(BY_KIND["charge.ordered.v1"], card_token="tok_of_nobody")  # type: ignore[call-arg]
    await roles.publish(ordered)
    roles.start("gateway-a", relay=True)
    await seen(roles, 1, "errands_total", errand="ChargeThroughProvider", became="done")
    await seen(roles, 1, "publishes_total", exchange="billow.payment-responses", became="done")


async def test_ticks_are_counted(roles: Stand) -> None:
    found = tickings(roles.roles["payment"])
    broken = replace(found[0], name="broken", tick=Away())  # type: ignore[arg-type]
    scheduler = Scheduler([*found, broken], roles.broker.metrics)
    scheduler.start()
    try:
        for ticking in found:
            await seen(roles, 1, "ticks_total", tick=ticking.name, became="done")
        await seen(roles, 1, "ticks_total", tick="broken", became="failed")
    finally:
        await scheduler.stop()


async def test_the_outbox_is_measured_by_depth_and_age(roles: Stand, clock: ManualClock) -> None:
    async with roles.roles["activator"].transactions(Trace(CHAIN, "c")) as tx:
        for user in ("ann", "bob"):
            tx.outbox.add(AccessBlocked(UserId(user), clock.now(), ()))
    clock.time += timedelta(seconds=90)
    await look(roles)
    assert number(roles, "outbox_rows", role="activator") == 2
    assert number(roles, "outbox_oldest_seconds", role="activator") == 90
    assert number(roles, "outbox_oldest_seconds", role="payment") == 0


async def test_a_charge_in_doubt_grows_older_until_it_is_resolved(roles: Stand, clock: ManualClock) -> None:
    roles.outside.providers["a"].away = True
    await roles.publish(BY_KIND["charge.ordered.v1"])
    roles.start("gateway-a")
    await until(lambda: roles.value("gateway-a", "SELECT tries FROM charges"), 1)
    await roles.value("gateway-a", "UPDATE charges SET state = 'unknown' RETURNING 1")
    clock.time += timedelta(hours=2)
    await look(roles)
    assert number(roles, "charge_in_doubt_oldest_seconds", role="gateway-a") == 7200
    assert number(roles, "charge_in_doubt_oldest_seconds", role="gateway-b") == 0
    await roles.value("gateway-a", "UPDATE charges SET state = 'succeeded', available_at = NULL RETURNING 1")
    await look(roles)
    assert number(roles, "charge_in_doubt_oldest_seconds", role="gateway-a") == 0


async def test_errands_that_fell_due_are_measured(roles: Stand, clock: ManualClock) -> None:
    """Nobody carries them out here: only the queues are consumed."""
    await roles.publish(BY_KIND["payment.failed.v1"])
    roles.run(loop for loop in roles.loops("notifier") if loop.name.startswith("consume"))
    await until(lambda: roles.value("notifier", "SELECT count(*) FROM notices"), 2)
    await look(roles)
    assert number(roles, "errands_due", role="notifier", errand="SendNotice") == 2
    assert number(roles, "errands_due", role="notifier", errand="MakeInvoiceFile") == 0


async def test_connections_in_use_are_measured(roles: Stand) -> None:
    async with roles.roles["payment"].transactions():
        await look(roles)
        assert number(roles, "database_slots_in_use", role="payment") == 1
    await look(roles)
    assert number(roles, "database_slots_in_use", role="payment") == 0


async def test_what_cannot_be_asked_is_not_shown_as_if_it_could(roles: Stand) -> None:
    measuring = measuring_of(roles)
    await measuring.look()
    assert number(roles, "outbox_rows", role="payment") == 0
    await roles.databases["payment"].pool.close()
    await measuring.look()
    assert math.isnan(number(roles, "outbox_rows", role="payment") or 0)
    assert number(roles, "outbox_rows", role="activator") == 0


async def test_the_numbers_are_served_beside_those_of_http(roles: Stand) -> None:
    await look(roles)
    registry = roles.broker.metrics.registry
    app = application([], tokens=NamedTokens(), title="T", issuer="https://id.example.com", registry=registry)
    server = await serve(app)
    try:
        async with ClientSession(server.url) as http:
            await http.get("/healthz")
            text = await (await http.get("/metrics")).text()
    finally:
        await server.stop()
    assert 'billow_outbox_rows{role="gateway-b"} 0.0' in text
    assert 'billow_http_request_seconds_count{method="GET",route="/healthz",status="200"} 1.0' in text
