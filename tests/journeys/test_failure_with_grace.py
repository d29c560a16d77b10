"""A company may be patient: three days before a user is blocked, and a reminder every day."""

from tests.journeys.world import World

ENVIRON = {"BILLOW_GRACE_DAYS": "3", "BILLOW_REMIND_EVERY_DAYS": "1"}


async def test_with_three_days_of_grace_a_user_is_blocked_on_the_third_day_and_not_before(world: World) -> None:
    bob = await world.person("bob", card="expired_card")
    payment_id = await world.charge(bob)
    await world.live(2)
    assert (await bob.access())["blocked"] is False
    await world.live(1)
    access = await bob.access()
    assert (access["blocked"], access["reasons"]) == (True, [payment_id])


async def test_whoever_pays_within_the_grace_is_never_blocked(world: World) -> None:
    bob = await world.person("bob", card="insufficient_funds_1x")
    payment_id = await world.charge(bob)
    await world.live(2)
    assert (await bob.payment(payment_id))["state"] == "succeeded"
    await world.live(3)
    assert (await bob.access())["blocked"] is False
    blocked = await world.rows("activator", "SELECT FROM accesses WHERE user_id = $1 AND state = 'blocked'", bob.id)
    assert blocked == []


async def test_the_rhythm_of_reminders_is_a_setting(world: World) -> None:
    bob = await world.person("bob", card="expired_card")
    await world.charge(bob)
    await world.live(3)
    assert (len(bob.mails("reminder")), len(bob.texts("reminder"))) == (3, 3)
