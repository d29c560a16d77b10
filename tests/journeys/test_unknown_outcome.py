"""The provider may or may not have charged. Until that is known nobody is reminded, blocked or charged again."""

import pytest

from tests.journeys.world import Person, World

LOST = ("error_after_charge", "reset_after_charge", "garbled_after_charge")


async def untouched(world: World, person: Person, payment_id: str) -> None:
    """Nothing has happened to the user."""
    assert (await person.access())["blocked"] is False
    assert (person.mails(), person.texts()) == ([], [])
    assert await world.rows("payment", "SELECT FROM reminders WHERE payment_id = $1", payment_id) == []


@pytest.mark.parametrize("card", LOST)
async def test_a_charge_whose_answer_is_lost_is_in_doubt_and_the_user_is_left_alone(world: World, card: str) -> None:
    ada = await world.person("ada", card=card)
    payment_id = await world.charge(ada)
    payment = await ada.payment(payment_id)
    assert (payment["state"], payment["attempts"][0]["state"]) == ("unknown", "unknown")
    await untouched(world, ada, payment_id)
    await world.advance(seconds=31)
    payment = await ada.payment(payment_id)
    assert (payment["state"], len(payment["attempts"])) == ("succeeded", 1)
    assert len(await world.provider_books("a", payment_id)) == 1
    assert len(ada.mails("invoice")) == 1


async def test_while_in_doubt_nobody_starts_another_attempt(world: World) -> None:
    ada = await world.person("ada", card="error_after_charge")
    payment_id = await world.charge(ada)
    with pytest.raises(Exception, match="409"):
        await ada.web.post(f"/v1/payments/{payment_id}/repay")
    await ada.save_card("mastercard", "b", default=True)
    await world.settle()
    assert len((await ada.payment(payment_id))["attempts"]) == 1
    assert await world.provider_books("b", payment_id) == []
    await world.advance(seconds=31)
    assert (await ada.payment(payment_id))["state"] == "succeeded"


async def test_what_the_provider_never_charged_is_sent_again_with_the_same_key(world: World) -> None:
    ada = await world.person("ada", card="error_before_charge")
    payment_id = await world.charge(ada)
    assert (await ada.payment(payment_id))["state"] == "unknown"
    await world.advance(seconds=31)
    await untouched(world, ada, payment_id)
    await world.advance(minutes=6)
    await untouched(world, ada, payment_id)
    await world.advance(minutes=61)
    payment = await ada.payment(payment_id)
    assert (payment["state"], len(payment["attempts"])) == ("succeeded", 1)
    assert [entry.key for entry in await world.provider_books("a", payment_id)] == [f"{payment_id}:1"]


async def test_a_charge_of_another_amount_waits_for_a_person_who_ends_it(world: World) -> None:
    ada = await world.person("ada", card="overcharge")
    payment_id = await world.charge(ada)
    payment = await ada.payment(payment_id)
    assert (payment["state"], payment["attempts"][0]["state"]) == ("unknown", "manual_review")
    await world.live(4)
    await untouched(world, ada, payment_id)
    review = await world.staff.get("/v1/gateways/a/charges", state="manual_review")
    assert payment_id in {charge["payment_id"] for charge in review["items"]}
    verdict = {"verdict": "declined", "detail": "given back by hand"}
    answer = await world.staff.ask("POST", f"/v1/gateways/a/charges/{payment_id}/1/resolve", verdict)
    assert answer.status == 200
    await world.settle()
    assert (await ada.payment(payment_id))["state"] == "failed"
    assert (await ada.access())["blocked"] is True
