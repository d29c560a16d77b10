"""Who owes is reminded every three days, by e-mail and SMS, until it is paid or written off."""

import asyncio
from datetime import timedelta

from tests.journeys.world import Person, World


async def owing(world: World) -> tuple[Person, str]:
    """Somebody whose card is good for nothing any more."""
    bob = await world.person("bob", card="expired_card")
    return bob, await world.charge(bob, 1500, "EUR", "Rent")


def reminded(person: Person) -> tuple[int, int]:
    return len(person.mails("reminder")), len(person.texts("reminder"))


async def test_a_reminder_goes_out_every_three_days_by_mail_and_sms(world: World) -> None:
    bob, payment_id = await owing(world)
    seen = []
    for _ in range(9):
        await world.live(1)
        seen.append(reminded(bob))
    assert seen == [(0, 0), (0, 0), (1, 1), (1, 1), (1, 1), (2, 2), (2, 2), (2, 2), (3, 3)]
    mail = bob.mails("reminder")[0]
    assert "€15.00" in mail.subject
    assert "expired" in mail.text
    assert payment_id in mail.text
    assert payment_id in bob.texts("reminder")[0].body


async def test_nobody_is_reminded_twice_for_one_date_however_often_is_looked(world: World) -> None:
    bob, _ = await owing(world)
    world.clock.advance(timedelta(days=3))
    await asyncio.gather(world.look(), world.look(), world.look())
    await world.settle()
    await world.tick()
    assert reminded(bob) == (1, 1)


async def test_dates_that_were_missed_collapse_into_one_and_the_rhythm_goes_on(world: World) -> None:
    bob, _ = await owing(world)
    await world.advance(days=10)
    assert reminded(bob) == (1, 1)
    await world.live(1)
    assert reminded(bob) == (1, 1)
    await world.live(1)
    assert reminded(bob) == (2, 2), "the twelfth day is a date of the rhythm"


async def test_whoever_has_paid_is_reminded_no_more(world: World) -> None:
    bob, payment_id = await owing(world)
    await world.live(3)
    await bob.save_card("visa", default=True)
    await world.settle()
    assert (await bob.payment(payment_id))["state"] == "succeeded"
    await world.live(6)
    assert reminded(bob) == (1, 1)


async def test_what_staff_have_written_off_is_reminded_no_more(world: World) -> None:
    bob, payment_id = await owing(world)
    await world.live(3)
    written_off = await world.staff.post(f"/v1/payments/{payment_id}/write-off")
    assert written_off["state"] == "written_off"
    await world.live(6)
    assert reminded(bob) == (1, 1)


async def test_nobody_is_reminded_while_an_attempt_is_live(world: World) -> None:
    bob, payment_id = await owing(world)
    slow = await bob.save_card("pending")
    await world.settle()
    world.clock.advance(timedelta(days=3))
    await bob.web.post(f"/v1/payments/{payment_id}/repay", {"card_id": slow})
    await world.settle()
    await world.look()
    await world.settle()
    assert (await bob.payment(payment_id))["state"] == "charging"
    assert reminded(bob) == (0, 0)
