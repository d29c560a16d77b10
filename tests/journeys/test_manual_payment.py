"""A user looks at what failed and pays it: with the old card, or with a new one."""

import asyncio
from uuid import uuid4

from tests.journeys.world import Answer, Person, World


async def repay(person: Person, payment_id: str, card_id: str = "", key: str = "") -> Answer:
    body = {"card_id": card_id} if card_id else {}
    return await person.web.ask("POST", f"/v1/payments/{payment_id}/repay", body, key=key or str(uuid4()))


async def test_the_list_of_failed_payments_says_what_is_needed_to_repay(world: World) -> None:
    bob = await world.person("bob", card="insufficient_funds")
    payment_id = await world.charge(bob, 1700, "EUR", "Shoes")
    [payment] = await bob.payments(status="failed")
    needed = payment["repay"]
    assert (needed["amount"], needed["reason"]) == ({"minor": 1700, "currency": "EUR"}, "insufficient_funds")
    assert needed["url"] == f"/v1/payments/{payment_id}/repay"
    assert [(card["id"], card["last4"]) for card in needed["cards"]] == [(needed["card_id"], "1016")]
    assert needed["card_usable"] is True
    answer = await bob.web.ask("POST", needed["url"], {}, key=str(uuid4()))
    assert answer.status == 202
    await world.settle()


async def test_repaying_with_the_old_card_starts_the_payment_and_it_goes_through(world: World) -> None:
    bob = await world.person("bob", card="insufficient_funds_1x")
    payment_id = await world.charge(bob)
    answer = await repay(bob, payment_id)
    assert (answer.status, answer.json["message"]) == (202, "Payment started.")
    await world.settle()
    payment = await bob.payment(payment_id)
    assert payment["state"] == "succeeded"
    assert [(one["origin"], one["state"]) for one in payment["attempts"]] == [
        ("request", "declined"),
        ("manual", "succeeded"),
    ]
    assert (await bob.access())["blocked"] is False
    assert await bob.payments(status="failed") == []


async def test_repaying_with_a_new_card_uses_that_card_at_its_gateway(world: World) -> None:
    bob = await world.person("bob", card="expired_card", gateway="a")
    payment_id = await world.charge(bob)
    [payment] = await bob.payments(status="failed")
    assert payment["repay"]["card_usable"] is False, "an expired card will not do"
    new = await bob.save_card("visa", "b")
    await world.settle()
    assert (await repay(bob, payment_id, new)).status == 202
    await world.settle()
    last = (await bob.payment(payment_id))["attempts"][-1]
    assert (last["gateway"], last["card_id"], last["state"]) == ("b", new, "succeeded")
    assert len(await world.provider_books("b", payment_id)) == 1


async def test_nobody_starts_a_second_attempt_while_one_is_live(world: World) -> None:
    bob = await world.person("bob", card="pending")
    payment_id = await world.charge(bob)
    assert (await bob.payment(payment_id))["state"] == "charging"
    assert (await repay(bob, payment_id)).status == 409
    await world.advance(minutes=61)
    assert (await repay(bob, payment_id)).status == 409, "it is paid"
    assert len((await bob.payment(payment_id))["attempts"]) == 1


async def test_of_many_who_repay_at_once_one_starts_an_attempt(world: World) -> None:
    bob = await world.person("bob", card="insufficient_funds_1x")
    payment_id = await world.charge(bob)
    answers = await asyncio.gather(*(repay(bob, payment_id) for _ in range(5)))
    assert sorted(answer.status for answer in answers) == [202, 409, 409, 409, 409]
    await world.settle()
    assert len((await bob.payment(payment_id))["attempts"]) == 2
    assert len(await world.provider_books("a", payment_id)) == 1


async def test_a_repayment_needs_an_idempotency_key(world: World) -> None:
    bob = await world.person("bob", card="insufficient_funds")
    payment_id = await world.charge(bob)
    answer = await bob.web.ask("POST", f"/v1/payments/{payment_id}/repay", {})
    assert answer.status == 400
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert len((await bob.payment(payment_id))["attempts"]) == 1


async def test_the_same_key_again_repeats_the_answer_and_nothing_else(world: World) -> None:
    bob = await world.person("bob", card="insufficient_funds_2x")
    payment_id, key = await world.charge(bob), str(uuid4())
    first = await repay(bob, payment_id, key=key)
    await world.settle()
    again = await repay(bob, payment_id, key=key)
    assert (again.status, again.text) == (first.status, first.text)
    assert (again.headers.get("Idempotent-Replayed"), first.headers.get("Idempotent-Replayed")) == ("true", None)
    await world.settle()
    assert len((await bob.payment(payment_id))["attempts"]) == 2


async def test_a_refusal_is_repeated_for_its_key_too(world: World) -> None:
    bob = await world.person("bob", card="visa")
    payment_id, key = await world.charge(bob), str(uuid4())
    first, again = await repay(bob, payment_id, key=key), await repay(bob, payment_id, key=key)
    assert (first.status, again.status) == (409, 409)
    assert again.headers["Idempotent-Replayed"] == "true"


async def test_the_same_key_for_another_body_or_payment_is_refused(world: World) -> None:
    bob = await world.person("bob", card="insufficient_funds")
    first, second, key = await world.charge(bob), await world.charge(bob), str(uuid4())
    assert (await repay(bob, first, key=key)).status == 202
    await world.settle()
    [card] = (await bob.web.get("/v1/cards"))["items"]
    assert (await repay(bob, first, card["id"], key=key)).status == 422
    assert (await repay(bob, second, key=key)).status == 422
    assert len((await bob.payment(second))["attempts"]) == 1


async def test_another_users_same_key_is_a_key_of_its_own(world: World) -> None:
    bob, eve = [await world.person(name, card="insufficient_funds_1x") for name in ("bob", "eve")]
    of_bob, of_eve, key = await world.charge(bob), await world.charge(eve), str(uuid4())
    answers = [await repay(bob, of_bob, key=key), await repay(eve, of_eve, key=key)]
    assert [answer.status for answer in answers] == [202, 202]
    assert [answer.headers.get("Idempotent-Replayed") for answer in answers] == [None, None]
    await world.settle()
    assert [(await p.payment(i))["state"] for p, i in ((bob, of_bob), (eve, of_eve))] == ["succeeded", "succeeded"]


async def test_two_requests_with_one_key_at_the_same_time_start_one_attempt(world: World) -> None:
    bob = await world.person("bob", card="insufficient_funds_1x")
    payment_id, key = await world.charge(bob), str(uuid4())
    answers = await asyncio.gather(*(repay(bob, payment_id, key=key) for _ in range(4)))
    fresh = [answer for answer in answers if answer.status == 202 and "Idempotent-Replayed" not in answer.headers]
    assert len(fresh) == 1
    assert all(a.status == 202 or (a.status, "Retry-After" in a.headers) == (409, True) for a in answers)
    await world.settle()
    assert len((await bob.payment(payment_id))["attempts"]) == 2


async def test_nobody_repays_for_somebody_else_or_with_their_card(world: World) -> None:
    bob = await world.person("bob", card="insufficient_funds")
    eve = await world.person("eve", card="visa")
    payment_id = await world.charge(bob)
    assert (await repay(eve, payment_id)).status == 404
    [card] = (await eve.web.get("/v1/cards"))["items"]
    assert (await repay(bob, payment_id, card["id"])).status == 404
    assert len((await bob.payment(payment_id))["attempts"]) == 1
