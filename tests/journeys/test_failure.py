"""A payment fails: the user is told, blocked at once, and on the reminder list."""

from tests.journeys.world import Person, World


async def test_a_declined_payment_is_kept_with_its_reason_and_the_user_is_told_both_ways(world: World) -> None:
    bob = await world.person("bob", card="insufficient_funds", name="Bob Cratchit")
    payment_id = await world.charge(bob, 2500, "EUR", "Coal")
    payment = await bob.payment(payment_id)
    assert (payment["state"], payment["reason"]) == ("failed", "insufficient_funds")
    [mail], [sms] = bob.mails(), bob.texts()
    assert "€25.00" in mail.subject
    assert "Bob Cratchit" in mail.text
    assert "does not have enough funds" in mail.text
    assert f"/v1/payments/{payment_id}" in mail.text
    assert "€25.00" in sms.body
    assert payment_id in sms.body


async def test_without_grace_the_user_is_blocked_at_once_because_of_that_payment(world: World) -> None:
    bob = await world.person("bob", card="do_not_honor")
    assert (await bob.access())["blocked"] is False
    payment_id = await world.charge(bob)
    access = await bob.access()
    assert (access["blocked"], access["reasons"]) == (True, [payment_id])
    assert access["since"] == (await bob.payment(payment_id))["attempts"][0]["settled_at"]


async def test_a_declined_payment_has_neither_invoice_nor_entry_in_the_providers_books(world: World) -> None:
    bob = await world.person("bob", card="lost_or_stolen")
    payment_id = await world.charge(bob)
    assert (await bob.web.ask("GET", f"/v1/invoices/{payment_id}")).status == 404
    assert await world.provider_books("a", payment_id) == []
    assert bob.mails("invoice") == []


async def test_what_failed_is_on_the_reminder_list_and_on_the_list_of_what_is_to_be_repaid(world: World) -> None:
    bob = await world.person("bob", card="limit_exceeded")
    payment_id = await world.charge(bob)
    [reminder] = await world.rows("payment", "SELECT * FROM reminders WHERE payment_id = $1", payment_id)
    assert (reminder["user_id"], reminder["sent"]) == (bob.id, 0)
    assert [payment["id"] for payment in await bob.payments(status="failed")] == [payment_id]
    assert payment_id in {payment["id"] async for payment in world.staff.every("/v1/payments", status="failed")}


async def test_a_soft_decline_is_tried_again_on_the_schedules_days_and_then_paid(world: World) -> None:
    bob = await world.person("bob", card="insufficient_funds_2x")
    payment_id = await world.charge(bob)
    await world.live(2)
    assert await states(bob, payment_id) == ["declined", "declined"]
    await world.live(4)
    assert await states(bob, payment_id) == ["declined", "declined"]
    await world.live(1)
    assert await states(bob, payment_id) == ["declined", "declined", "succeeded"]
    assert (await bob.payment(payment_id))["state"] == "succeeded"
    assert (await bob.access())["blocked"] is False


async def test_a_hard_decline_is_not_tried_again_by_itself(world: World) -> None:
    bob = await world.person("bob", card="stolen")
    payment_id = await world.charge(bob)
    await world.advance(days=30)
    payment = await bob.payment(payment_id)
    assert (len(payment["attempts"]), payment["retry_at"]) == (1, None)


async def test_whoever_owes_twice_stays_blocked_until_both_are_paid(world: World) -> None:
    bob = await world.person("bob", card="invalid_card")
    first, second = await world.charge(bob), await world.charge(bob)
    assert sorted((await bob.access())["reasons"]) == sorted([first, second])
    good = await bob.save_card("visa")
    await world.settle()
    await bob.web.post(f"/v1/payments/{first}/repay", {"card_id": good})
    await world.settle()
    assert (await bob.access())["reasons"] == [second]
    await bob.web.post(f"/v1/payments/{second}/repay", {"card_id": good})
    await world.settle()
    assert (await bob.access())["blocked"] is False


async def states(person: Person, payment_id: str) -> list[str]:
    return [attempt["state"] for attempt in (await person.payment(payment_id))["attempts"]]
