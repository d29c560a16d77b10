"""A product asks whether a user may use it, and is told when that changes."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import aio_pika
from aio_pika.abc import AbstractIncomingMessage

from core.auditing import audit
from core.contracts.access import AccessBlocked, AccessRestored
from core.contracts.payment_responses import PaymentFailed
from core.messaging.ports import Outgoing
from tests.journeys.world import SECONDS, World

TOPIC = AccessBlocked.topic
Heard = tuple[str, dict[str, Any]]


async def test_a_product_asks_for_one_user(world: World) -> None:
    ada, bob = await world.person("ada", card="visa"), await world.person("bob", card="expired_card")
    await world.charge(ada)
    payment_id = await world.charge(bob)
    free, blocked = [await world.product.get(f"/v1/users/{one.id}/access") for one in (ada, bob)]
    assert free == {"user_id": ada.id, "blocked": False, "since": None, "reasons": []}
    assert (blocked["blocked"], blocked["reasons"]) == (True, [payment_id])


async def test_a_product_asks_for_a_thousand_users_at_once(world: World) -> None:
    bob = await world.person("bob", card="expired_card")
    ada = await world.person("ada")
    await world.charge(bob)
    strangers = [f"nobody-{number}" for number in range(998)]
    answer = await world.product.post("/v1/access/query", {"user_ids": [bob.id, *strangers, ada.id]})
    assert [(user["user_id"], user["blocked"]) for user in answer["users"]] == [(bob.id, True), (ada.id, False)]
    assert answer["unknown"] == strangers
    too_many = await world.product.ask("POST", "/v1/access/query", {"user_ids": [*strangers, "x", "y", "z"]})
    assert too_many.status == 422


async def test_an_unknown_user_is_not_there_and_never_blocked_by_mistake(world: World) -> None:
    assert (await world.product.ask("GET", "/v1/users/nobody-at-all/access")).status == 404


async def test_a_user_asks_for_themselves_alone(world: World) -> None:
    ada, eve = await world.person("ada"), await world.person("eve")
    assert (await ada.access())["blocked"] is False
    assert (await eve.web.ask("GET", f"/v1/users/{ada.id}/access")).status == 404
    assert (await eve.web.ask("POST", "/v1/access/query", {"user_ids": [ada.id]})).status == 403


async def test_a_failure_that_is_told_again_and_late_does_not_block_who_has_paid_since(
    world: World, published: list[Outgoing]
) -> None:
    bob = await world.person("bob", card="insufficient_funds_1x")
    payment_id = await world.charge(bob)
    await bob.web.post(f"/v1/payments/{payment_id}/repay")
    await world.settle()
    [failed] = [sent for sent in published if sent.routing_key == PaymentFailed.kind]
    headers = {**failed.wire.headers, "ce-id": str(uuid4())}
    late = aio_pika.Message(failed.wire.body, headers=headers, content_type=failed.wire.content_type)
    await world.publish(failed.exchange, failed.routing_key, late)
    assert (await bob.access())["blocked"] is False
    assert (await bob.payment(payment_id))["state"] == "succeeded"
    assert len(bob.mails("payment_failed")) == 1


async def test_who_is_forgiven_all_they_owe_may_use_the_products_again(world: World) -> None:
    bob = await world.person("bob", card="expired_card")
    first, second = [await world.charge(bob) for _ in range(2)]
    await world.staff.post(f"/v1/payments/{first}/write-off")
    await world.settle()
    assert (await bob.access())["reasons"] == [second]
    await world.staff.post(f"/v1/payments/{second}/write-off")
    await world.settle()
    assert (await bob.access())["blocked"] is False
    assert [
        check for check in audit(await world.billow.installation.facts()) if "owe" in check.name and check.wrong
    ] == []


async def test_products_are_told_of_each_change_once(world: World, published: list[Outgoing]) -> None:
    async with listening(world) as messages:
        bob = await world.person("bob", card="expired_card")
        payment_id = await world.charge(bob)
        await bob.save_card("visa", default=True)
        await world.settle()
        sent = [(one.routing_key, json.loads(one.wire.body)) for one in published if one.exchange == TOPIC]
        heard = [await asyncio.wait_for(messages.get(), SECONDS) for _ in sent] if world.amqp_url else sent
        assert messages.empty()
    (blocked, why), (restored, who) = heard
    assert (blocked, restored) == (AccessBlocked.kind, AccessRestored.kind)
    assert (why["user_id"], why["reasons"]) == (bob.id, [payment_id])
    assert who["user_id"] == bob.id


@asynccontextmanager
async def listening(world: World) -> AsyncIterator["asyncio.Queue[Heard]"]:
    """What a product's own queue on RabbitMQ brings. The in-process bus is for no others."""
    messages: asyncio.Queue[Heard] = asyncio.Queue()
    if not world.amqp_url:
        yield messages
        return

    async def on_message(message: AbstractIncomingMessage) -> None:
        messages.put_nowait((str(message.routing_key), json.loads(message.body)))

    async with await aio_pika.connect(world.amqp_url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind(TOPIC, "access.#")
        await queue.consume(on_message, no_ack=True)
        yield messages
