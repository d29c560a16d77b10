"""The user's card decides the gateway, and that gateway charges once."""

from tests.journeys.world import World


async def test_the_card_decides_the_gateway(world: World) -> None:
    for gateway, other in (("a", "b"), ("b", "a")):
        ada = await world.person("ada", card="visa", gateway=gateway)
        payment_id = await world.charge(ada, 1999, "EUR", "A chair")
        [attempt] = (await ada.payment(payment_id))["attempts"]
        assert (attempt["gateway"], attempt["state"], attempt["card"]) == (gateway, "succeeded", "Visa ···· 0018")
        [entry] = await world.provider_books(gateway, payment_id)
        assert (entry.kind, entry.key, entry.amount.minor) == ("charge", f"{payment_id}:1", 1999)
        assert await world.provider_books(other, payment_id) == []


async def test_each_gateway_keeps_a_journal_of_its_own(world: World) -> None:
    ada = await world.person("ada", card="mastercard", gateway="b")
    payment_id = await world.charge(ada)
    journal = await world.staff.get("/v1/gateways/b/charges", state="succeeded")
    [line] = [line for line in journal["items"] if line["payment_id"] == payment_id]
    assert (line["provider_key"], line["user_id"]) == (f"{payment_id}:1", ada.id)
    assert line["provider_reference"]
    of_a = await world.staff.get("/v1/gateways/a/charges", state="succeeded")
    assert payment_id not in {line["payment_id"] for line in of_a["items"]}


async def test_a_charge_pending_at_the_provider_is_asked_for_later_and_charged_once(world: World) -> None:
    ada = await world.person("ada", card="pending")
    payment_id = await world.charge(ada)
    assert (await ada.payment(payment_id))["state"] == "charging"
    assert not (await ada.access())["blocked"]
    await world.advance(minutes=61)
    assert (await ada.payment(payment_id))["state"] == "succeeded"
    assert len(await world.provider_books("a", payment_id)) == 1


async def test_a_provider_that_turns_us_away_is_tried_again_with_the_same_key(world: World) -> None:
    ada = await world.person("ada", card="rate_limited_once")
    payment_id = await world.charge(ada)
    assert (await ada.payment(payment_id))["state"] == "charging"
    await world.advance(minutes=5, seconds=1)
    payment = await ada.payment(payment_id)
    assert (payment["state"], len(payment["attempts"])) == ("succeeded", 1)
    assert [entry.key for entry in await world.provider_books("a", payment_id)] == [f"{payment_id}:1"]


async def test_a_user_reads_of_no_gateway_journal_and_no_provider_reference(world: World) -> None:
    ada = await world.person("ada", card="visa")
    payment = await ada.payment(await world.charge(ada))
    assert payment["attempts"][0]["reference"] is None
    assert (await ada.web.ask("GET", "/v1/gateways/a/charges")).status == 403
