"""Charge user X for Z: the daily run asks, a product asks by message, a product asks over HTTP."""

import json
from uuid import uuid4

import aio_pika

from core.messaging.envelope import Wire
from examples.charge_from_a_product import EXCHANGE, KIND, charge
from tests.journeys.world import World

QUEUE = "billow.payment.payment-requests"


async def test_the_daily_run_asks_for_a_period_once_it_begins(world: World) -> None:
    ada = await world.person("ada", card="visa")
    await world.staff.post("/v1/plans", plan("daily", 500, "day"))
    await ada.web.post("/v1/subscriptions", {"plan_id": "daily"})
    await world.settle()
    await world.advance(days=1)
    payments = await ada.payments()
    assert [payment["source"] for payment in payments] == ["subscription", "subscription"]
    assert [(payment["state"], payment["amount"]["minor"]) for payment in payments] == 2 * [("succeeded", 500)]
    assert payments[0]["period_start"] == payments[1]["period_end"]


async def test_a_product_asks_by_message_and_the_user_is_charged_once(world: World) -> None:
    ada = await world.person("ada", card="visa")
    for _ in range(2):
        await world.publish(EXCHANGE, KIND, charge(ada.id, 1250, "EUR", "Gift card", order := f"order-of-{ada.id}"))
    [payment] = await ada.payments()
    assert (payment["source"], payment["request_id"], payment["state"]) == ("product/shop", order, "succeeded")
    assert len(await world.provider_books("a", payment["id"])) == 1


async def test_a_product_asks_over_http_and_follows_its_payment(world: World) -> None:
    ada = await world.person("ada", card="visa")
    payment_id = await world.charge(ada, 999, "USD", "Stickers")
    payment = await world.product.get(f"/v1/payments/{payment_id}")
    assert (payment["state"], payment["amount"]) == ("succeeded", {"minor": 999, "currency": "USD"})
    other = await world.caller("crm", "billing.products").ask("GET", f"/v1/payments/{uuid4()}")
    assert other.status == 404


async def test_a_user_without_a_card_is_told_and_pays_with_the_first_card_saved(world: World) -> None:
    ada = await world.person("ada")
    payment_id = await world.charge(ada)
    payment = await ada.payment(payment_id)
    assert (payment["state"], payment["reason"]) == ("failed", "no_card")
    assert "No card is saved." in ada.mails("payment_failed")[0].text
    await ada.save_card()
    await world.settle()
    assert (await ada.payment(payment_id))["state"] == "succeeded"


async def test_a_payment_of_an_unknown_user_waits_failed_until_they_are_known(world: World) -> None:
    bob = world.stranger("bob")
    await world.publish(EXCHANGE, KIND, charge(bob.id, 300, "EUR", "Coffee", f"order-of-{bob.id}"))
    [payment] = await bob.payments()
    assert (payment["state"], payment["reason"]) == ("failed", "unknown_user")
    await world.introduce(bob)
    [mail] = bob.mails("payment_failed")
    assert "€3.00" in mail.subject


async def test_an_unsupported_currency_fails_with_that_reason_and_no_provider_is_asked(world: World) -> None:
    ada = await world.person("ada", card="visa")
    payment_id = await world.charge(ada, 5000, "CHF")
    payment = await ada.payment(payment_id)
    assert (payment["state"], payment["reason"]) == ("failed", "currency_not_supported")
    assert await world.provider_books("a", payment_id) == []
    assert ada.mails("payment_failed")


async def test_the_same_request_for_another_amount_is_parked_with_its_reason(world: World) -> None:
    ada = await world.person("ada", card="visa")
    for minor in (700, 900):
        await world.publish(EXCHANGE, KIND, charge(ada.id, minor, "EUR", "Book", f"order-of-{ada.id}"))
    [payment] = await ada.payments()
    assert payment["amount"]["minor"] == 700
    letters = [letter for letter in await world.dead_letters(QUEUE) if ada.id.encode() in letter.wire.body]
    assert len(letters) == 1
    assert "another user or amount" in letters[0].reason


async def test_a_malformed_message_is_parked_with_its_reason_and_may_be_replayed(world: World) -> None:
    ada = await world.person("ada", card="visa")
    good = charge(ada.id, 100, "EUR", "Tea", f"order-of-{ada.id}")
    body = json.loads(good.body)
    del body["amount"]
    await world.publish(EXCHANGE, KIND, altered(good, json.dumps(body).encode()))
    await world.publish(EXCHANGE, KIND, altered(good, b"\xff no json, of " + ada.id.encode()))
    letters = [letter for letter in await world.dead_letters(QUEUE) if ada.id.encode() in letter.wire.body]
    assert len(letters) == 2
    assert all(letter.reason.startswith("malformed: ") for letter in letters)
    assert any("amount" in letter.reason for letter in letters)
    assert await ada.payments() == []
    assert await world.bus.dead_letters.replay(QUEUE, [letters[0].id]) == 1
    await world.settle()
    again = [letter for letter in await world.dead_letters(QUEUE) if ada.id.encode() in letter.wire.body]
    assert len(again) == 2, "it is as malformed as before, and not lost"


async def test_what_was_parked_by_mistake_is_charged_once_it_is_replayed(world: World) -> None:
    ada = await world.person("ada", card="visa")
    good = charge(ada.id, 100, "EUR", "Tea", f"order-of-{ada.id}")
    wire = Wire({name: str(value) for name, value in good.headers.items()}, good.body)
    await world.bus.dead_letters.park(QUEUE, wire, "an experiment")
    [letter] = [letter for letter in await world.dead_letters(QUEUE) if ada.id.encode() in letter.wire.body]
    assert letter.reason == "an experiment"
    assert await ada.payments() == []
    await world.bus.dead_letters.replay(QUEUE, [letter.id])
    await world.settle()
    assert [payment["state"] for payment in await ada.payments()] == ["succeeded"]
    assert not [letter for letter in await world.dead_letters(QUEUE) if ada.id.encode() in letter.wire.body]


async def test_an_ill_formed_request_over_http_names_every_fault_and_does_nothing(world: World) -> None:
    body = {"user_id": "", "request_id": "r", "amount": {"minor": "12", "currency": "EURO"}}
    answer = await world.product.ask("POST", "/v1/payments", body, key=str(uuid4()))
    assert answer.status == 422
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    pointers = {fault["pointer"] for fault in answer.json["errors"]}
    assert {"/body/user_id", "/body/amount/minor", "/body/description"} <= pointers


def plan(name: str, minor: int, interval: str) -> dict[str, object]:
    return {"id": name, "name": name, "amount": {"minor": minor, "currency": "EUR"}, "interval": interval, "count": 1}


def altered(message: aio_pika.Message, body: bytes) -> aio_pika.Message:
    headers = {**message.headers, "ce-id": str(uuid4())}
    return aio_pika.Message(body, headers=headers, content_type=message.content_type)
