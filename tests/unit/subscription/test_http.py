"""Plans, subscriptions and billing runs as their callers see them."""

from typing import Any
from uuid import UUID

import pytest
from aiohttp import ClientSession

from core.contracts.payment_requests import PaymentRequested
from core.subscription.bill_due_periods import BillDuePeriods
from core.subscription.model import SubscriptionId
from tests.fakes.subscription import InMemorySubscriptionTx
from tests.unit.http.requests import STAFF, bearer

MONTHLY = "month-1"
YEARLY = {"id": "yearly", "name": "A year", "amount": {"minor": 9900, "currency": "EUR"}, "interval": "year"}
ADA, EVE, SHOP = bearer("ada:billing"), bearer("eve:billing"), bearer("shop:billing.products")


async def take(client: ClientSession, who: dict[str, str], key: str = "k1", **body: Any) -> tuple[int, Any]:
    asked = {"plan_id": MONTHLY, **body}
    async with client.post("/v1/subscriptions", json=asked, headers={**who, "Idempotency-Key": key}) as answer:
        return answer.status, await answer.json()


async def get(client: ClientSession, path: str, who: dict[str, str]) -> tuple[int, Any]:
    async with client.get(path, headers=who) as answer:
        return answer.status, await answer.json()


async def patch(client: ClientSession, id: str, change: str, who: dict[str, str] = ADA) -> tuple[int, Any]:
    async with client.patch(f"/v1/subscriptions/{id}", json={"change": change}, headers=who) as answer:
        return answer.status, await answer.json()


async def test_staff_offer_a_plan_and_everybody_sees_it(client: ClientSession) -> None:
    async with client.post("/v1/plans", json=YEARLY, headers=STAFF) as answer:
        assert (answer.status, await answer.json()) == (201, {**YEARLY, "count": 1})
    status, plans = await get(client, "/v1/plans", ADA)
    assert (status, [plan["id"] for plan in plans["items"]]) == (200, [MONTHLY, "yearly"])


async def test_another_plan_under_the_same_id_is_a_conflict(client: ClientSession) -> None:
    for expected, minor in ((201, 9900), (201, 9900), (409, 9901)):
        body = {**YEARLY, "amount": {"minor": minor, "currency": "EUR"}}
        async with client.post("/v1/plans", json=body, headers=STAFF) as answer:
            assert answer.status == expected


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "Über"},
        {"id": "a\nb"},
        {"id": "yearly\n"},
        {"interval": "moon"},
        {"count": 0},
        {"amount": {"minor": 1, "currency": "XXX"}},
        {"name": ""},
        {"name": "A\x1byear"},
        {"name": "A year\x7f"},
    ],
)
async def test_a_plan_that_makes_no_sense_is_refused(client: ClientSession, wrong: dict[str, Any]) -> None:
    async with client.post("/v1/plans", json={**YEARLY, **wrong}, headers=STAFF) as answer:
        assert answer.status == 422


async def test_users_and_products_do_not_offer_plans(client: ClientSession) -> None:
    for who in (ADA, SHOP):
        async with client.post("/v1/plans", json=YEARLY, headers=who) as answer:
            assert answer.status == 403


async def test_a_user_subscribes_and_is_billed_once_however_often_they_click(
    client: ClientSession, tx: InMemorySubscriptionTx
) -> None:
    status, first = await take(client, ADA)
    again = await take(client, ADA)
    assert (status, first["state"], first["renews_on"]) == (201, "active", "2026-04-01")
    assert again == (201, first)
    assert len(tx.outbox.of(PaymentRequested)) == 1


async def test_another_key_is_another_subscription(client: ClientSession) -> None:
    (_, one), (_, other) = await take(client, ADA, "k1"), await take(client, ADA, "k2")
    assert one["id"] != other["id"]


async def test_a_product_subscribes_a_user_with_the_calendar_they_had(client: ClientSession) -> None:
    status, moved = await take(client, SHOP, user_id="ada", anchor="2025-05-31")
    assert (status, moved["anchor"], moved["renews_on"]) == (201, "2025-05-31", "2026-03-31")


@pytest.mark.parametrize(
    ("who", "body", "status"),
    [
        (ADA, {"user_id": "eve"}, 404),
        (ADA, {"anchor": "2025-05-31"}, 422),
        (SHOP, {}, 422),
        (ADA, {"plan_id": "gold"}, 422),
        (EVE, {}, 422),
        (ADA, {"price": 1}, 422),
    ],
    ids=["for another", "own anchor", "for nobody", "no such plan", "unknown user", "own price"],
)
async def test_what_cannot_be_taken(
    client: ClientSession, who: dict[str, str], body: dict[str, Any], status: int
) -> None:
    assert (await take(client, who, **body))[0] == status


async def test_a_user_sees_and_changes_only_their_own(client: ClientSession) -> None:
    _, mine = await take(client, ADA)
    path = f"/v1/subscriptions/{mine['id']}"
    assert (await get(client, path, EVE))[0] == 404
    assert (await patch(client, mine["id"], "cancel_now", EVE))[0] == 404
    assert await get(client, path, ADA) == (200, mine)
    assert (await get(client, "/v1/subscriptions", EVE))[1]["items"] == []
    assert (await get(client, "/v1/subscriptions?user_id=ada", EVE))[0] == 404
    assert (await get(client, "/v1/subscriptions?user_id=ada", STAFF))[1]["items"] == [mine]


async def test_leaving_at_the_end_and_coming_back(client: ClientSession) -> None:
    _, mine = await take(client, ADA)
    _, leaving = await patch(client, mine["id"], "cancel_at_period_end")
    assert (leaving["state"], leaving["ends_at"], leaving["renews_on"]) == ("cancelling", "2026-03-31T22:00:00Z", None)
    assert await patch(client, mine["id"], "resume") == (200, mine)


async def test_what_has_ended_is_not_resumed(client: ClientSession) -> None:
    _, mine = await take(client, ADA)
    await patch(client, mine["id"], "cancel_now")
    assert (await patch(client, mine["id"], "resume"))[0] == 409


async def test_subscriptions_are_paged(client: ClientSession) -> None:
    taken = {(await take(client, ADA, f"k{number}"))[1]["id"] for number in range(5)}
    seen: list[str] = []
    path = "/v1/subscriptions?limit=2"
    while path:
        page = (await get(client, path, ADA))[1]
        seen += [item["id"] for item in page["items"]]
        path = f"/v1/subscriptions?limit=2&cursor={page['next']}" if page["next"] else ""
    assert (len(seen), set(seen)) == (5, taken)


async def test_a_billing_run_is_started_and_watched(client: ClientSession, tx: InMemorySubscriptionTx) -> None:
    _, mine = await take(client, ADA)
    tx.now = tx.subscriptions.things[SubscriptionId(UUID(mine["id"]))].upcoming.due_at
    async with client.post("/v1/billing-runs", headers=STAFF) as answer:
        run = await answer.json()
    assert (answer.status, run["state"], run["due"]) == (202, "running", 1)
    while await BillDuePeriods()(tx):
        pass
    _, done = await get(client, f"/v1/billing-runs/{run['id']}", STAFF)
    assert (done["state"], done["requested"]) == ("finished", 1)


async def test_only_staff_start_billing_runs(client: ClientSession) -> None:
    async with client.post("/v1/billing-runs", headers=SHOP) as answer:
        assert answer.status == 403
