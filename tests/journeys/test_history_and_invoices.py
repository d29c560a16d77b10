"""A user looks back: every payment with its attempts, and every invoice as a file."""

from datetime import timedelta
from time import time
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from tests.journeys.world import Person, World


async def test_the_history_goes_page_by_page_newest_first_and_misses_nothing(world: World) -> None:
    ada = await world.person("ada", card="visa")
    made = [await world.charge(ada, 100 + number) for number in range(5)]
    first = await ada.web.get("/v1/payments", limit="2")
    assert [payment["id"] for payment in first["items"]] == made[:2:-1]
    made.append(await world.charge(ada, 999))
    second = await ada.web.get("/v1/payments", limit="2", cursor=first["next"])
    third = await ada.web.get("/v1/payments", limit="2", cursor=second["next"])
    rest = [payment["id"] for payment in (*second["items"], *third["items"])]
    assert rest == made[2::-1], "what came meanwhile neither shifts nor repeats a page"
    assert third["next"] is None
    assert len(await ada.payments(limit="2")) == 6


async def test_each_payment_shows_its_attempts_with_their_reasons(world: World) -> None:
    bob = await world.person("bob", card="do_not_honor")
    payment_id = await world.charge(bob)
    good = await bob.save_card("visa", "b")
    await world.settle()
    await bob.web.post(f"/v1/payments/{payment_id}/repay", {"card_id": good})
    await world.settle()
    attempts = (await bob.payment(payment_id))["attempts"]
    told = [(one["number"], one["gateway"], one["state"], one["reason"]) for one in attempts]
    assert told == [(1, "a", "declined", "do_not_honor"), (2, "b", "succeeded", None)]
    assert all(one["settled_at"] >= one["started_at"] for one in attempts)


async def test_the_history_can_be_narrowed_to_one_state(world: World) -> None:
    bob = await world.person("bob", card="insufficient_funds_1x")
    failed, paid = await world.charge(bob), await world.charge(bob)
    assert [payment["id"] for payment in await bob.payments(status="failed")] == [failed]
    assert [payment["id"] for payment in await bob.payments(status="succeeded")] == [paid]
    assert (await bob.web.ask("GET", "/v1/payments?status=lost")).status == 422


async def test_a_cursor_that_is_none_of_ours_is_refused(world: World) -> None:
    ada = await world.person("ada")
    answers = [await ada.web.ask("GET", f"/v1/payments?cursor={cursor}") for cursor in ("x", "e30", "%C3%A9")]
    assert [answer.status for answer in answers] == [400, 400, 400]


async def test_an_invoice_is_downloaded_by_a_redirect_to_a_link_that_needs_no_token(world: World) -> None:
    ada = await world.person("ada", card="visa")
    payment_id = await world.charge(ada)
    link = await link_to(ada, payment_id)
    file = await world.http.get(link)
    number = (await ada.web.get(f"/v1/invoices/{payment_id}"))["number"]
    assert (file.status, file.content_type) == (200, "application/pdf")
    assert number in file.headers["Content-Disposition"]
    assert await file.read() == next(iter(ada.mails("invoice")[0].attachments.values()))


async def test_a_link_lives_five_minutes_at_most(world: World) -> None:
    ada = await world.person("ada", card="visa")
    payment_id = await world.charge(ada)
    [expires] = parse_qs(urlsplit(await link_to(ada, payment_id)).query)["expires"]
    assert 0 < int(expires) - time() <= 300
    bucket = world.billow.installation.outside.bucket
    assert bucket is not None
    [row] = await world.rows("notifier", "SELECT file_key FROM invoices WHERE payment_id = $1", payment_id)
    over = await bucket.signed_url(row["file_key"], "invoice.pdf", timedelta(0))
    assert (await world.http.get(over)).status == 403


async def test_a_link_that_was_tampered_with_opens_nothing(world: World) -> None:
    ada, bob = [await world.person(name, card="visa") for name in ("ada", "bob")]
    link = await link_to(ada, await world.charge(ada))
    of_bob = await link_to(bob, await world.charge(bob))
    path, query = link.split("?")
    [expires] = parse_qs(query)["expires"]
    tampered = (
        link.replace(f"expires={expires}", f"expires={int(expires) + 9999}"),
        link[:-1] + ("0" if link[-1] != "0" else "1"),
        f"{of_bob.split('?')[0]}?{query}",
        path,
    )
    assert [(await world.http.get(url)).status for url in tampered] == [403, 403, 403, 403]
    assert (await world.http.get(link)).status == 200


async def test_what_is_somebody_elses_is_not_there(world: World) -> None:
    ada, eve = await world.person("ada", card="visa"), await world.person("eve")
    payment_id = await world.charge(ada)
    for path in (f"/v1/payments/{payment_id}", f"/v1/invoices/{payment_id}", f"/v1/invoices/{payment_id}/file"):
        assert (await eve.web.ask("GET", path)).status == 404
        assert (await eve.web.ask("GET", path.replace(payment_id, str(uuid4())))).status == 404
    assert [await eve.payments(), (await eve.web.get("/v1/invoices"))["items"]] == [[], []]
    foreign = await eve.web.ask("GET", f"/v1/payments?user_id={ada.id}")
    assert payment_id not in foreign.text


async def test_without_a_good_token_nothing_is_told(world: World) -> None:
    ada = await world.person("ada", card="visa")
    payment_id = await world.charge(ada)
    for path in (f"/v1/payments/{payment_id}", "/v1/payments", f"/v1/invoices/{payment_id}/file", "/v1/cards"):
        answer = await world.http.get(world.billow.server.url + path)
        forged = await world.http.get(world.billow.server.url + path, headers={"Authorization": "Bearer e30.e30.e30"})
        assert (answer.status, forged.status) == (401, 401)
        assert "WWW-Authenticate" in answer.headers


async def link_to(person: Person, payment_id: str) -> str:
    answer = await person.web.ask("GET", f"/v1/invoices/{payment_id}/file")
    assert answer.status == 302
    return answer.headers["Location"]
