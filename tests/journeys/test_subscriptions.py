"""A user takes a plan and is billed for each period, once."""

import asyncio
from datetime import UTC, date, datetime, timedelta

from core.subscription.bill_due_periods import BillDuePeriods
from tests.journeys.world import Json, Person, World

ONE_DAY = timedelta(days=1)


async def test_a_month_from_the_31st_is_billed_on_the_last_day_of_a_shorter_one_and_on_the_31st_again(
    world: World,
) -> None:
    """The first story of this world: it begins on 31 January."""
    ada = await subscriber(world, "month")
    assert await starts(ada) == [date(2026, 1, 31)]
    await until(world, date(2026, 2, 27))
    assert len(await starts(ada)) == 1
    await until(world, date(2026, 2, 28))
    assert (await starts(ada))[-1] == date(2026, 2, 28)
    await until(world, date(2026, 3, 30))
    assert len(await starts(ada)) == 2
    await until(world, date(2026, 3, 31))
    assert (await starts(ada))[-1] == date(2026, 3, 31)
    await until(world, date(2026, 4, 30))
    assert (await starts(ada))[-1] == date(2026, 4, 30)


async def test_plans_are_offered_by_staff_and_seen_by_everybody(world: World) -> None:
    plan = await offer(world, "week", 700, "USD", count=2)
    bob = await world.person("bob")
    plans = [offered async for offered in bob.web.every("/v1/plans")]
    assert plan in plans
    assert (await world.staff.ask("POST", "/v1/plans", plan)).status == 201, "again the same"
    other = plan | {"amount": {"minor": 800, "currency": "USD"}}
    assert (await world.staff.ask("POST", "/v1/plans", other)).status == 409
    assert (await bob.web.ask("POST", "/v1/plans", plan | {"id": "mine"})).status == 403


async def test_subscribing_bills_the_first_period_at_once(world: World) -> None:
    ada = await subscriber(world, "month")
    [payment] = await ada.payments()
    assert (payment["state"], payment["source"]) == ("succeeded", "subscription")
    today = world.clock.now().date()
    assert payment["period_start"] == str(today)
    invoice = await ada.web.get(f"/v1/invoices/{payment['id']}")
    assert (invoice["period_start"], invoice["period_end"]) == (payment["period_start"], payment["period_end"])


async def test_a_subscription_that_is_cancelled_now_is_billed_no_more(world: World) -> None:
    ada = await subscriber(world, "day")
    subscription = await own(ada)
    changed = await change(ada, subscription, "cancel_now")
    assert (changed["state"], changed["renews_on"]) == ("cancelled", None)
    await world.live(3)
    assert len(await ada.payments()) == 1


async def test_a_subscription_cancelled_at_the_end_of_its_period_runs_until_then(world: World) -> None:
    ada = await subscriber(world, "week")
    subscription = await own(ada)
    changed = await change(ada, subscription, "cancel_at_period_end")
    assert changed["state"] == "cancelling"
    await world.live(5)
    assert (await own(ada))["state"] == "cancelling"
    await world.live(3)
    assert (await own(ada))["state"] == "cancelled"
    assert len(await ada.payments()) == 1


async def test_a_cancelling_can_be_taken_back_in_time(world: World) -> None:
    ada = await subscriber(world, "week")
    subscription = await own(ada)
    await change(ada, subscription, "cancel_at_period_end")
    assert (await change(ada, subscription, "resume"))["state"] == "active"
    await world.live(7)
    assert len(await ada.payments()) == 2


async def test_days_that_were_missed_are_caught_up_in_order(world: World) -> None:
    ada = await subscriber(world, "day")
    await world.advance(days=5)
    days = await starts(ada)
    assert [day.toordinal() - days[0].toordinal() for day in days] == [0, 1, 2, 3, 4, 5]
    payments = await ada.payments()
    assert {payment["state"] for payment in payments} == {"succeeded"}


async def test_two_runs_at_the_same_time_bill_each_period_once(world: World) -> None:
    people = [await subscriber(world, "day") for _ in range(3)]
    for person in people[1:]:
        await change(person, await own(person), "cancel_now")
    world.clock.advance(ONE_DAY)
    run = next(t for t in world.billow.installation.tickings if isinstance(t.tick, BillDuePeriods))
    await asyncio.gather(*(run() for _ in range(4)))
    await world.settle()
    assert [len(await starts(person)) for person in people] == [2, 1, 1]
    twice = "SELECT subscription_id, period_start FROM billed_periods GROUP BY 1, 2 HAVING count(*) > 1"
    assert await world.rows("subscription", twice) == []


async def test_staff_start_a_billing_run_and_follow_it_to_its_end(world: World) -> None:
    people = [await subscriber(world, "day") for _ in range(2)]
    world.clock.advance(ONE_DAY)
    answer = await world.staff.ask("POST", "/v1/billing-runs", {})
    run = answer.json
    assert (answer.status, run["state"]) == (202, "running")
    assert run["due"] >= 2
    await world.tick()
    finished = await world.staff.get(f"/v1/billing-runs/{run['id']}")
    assert finished["state"] == "finished"
    assert finished["requested"] >= run["due"]
    assert finished["finished_at"]
    assert [len(await starts(person)) for person in people] == [2, 2]


async def test_a_day_begins_at_midnight_of_the_users_own_time_zone(world: World) -> None:
    await to_hour(world, 9)
    ken = await world.person("ken", card="visa", time_zone="Asia/Tokyo")
    await take(world, ken, "day")
    await world.advance(hours=5)
    assert len(await starts(ken)) == 1
    await world.advance(hours=2)
    assert len(await starts(ken)) == 2, "15:00 in UTC is tomorrow in Tokyo"


async def test_a_user_subscribes_nobody_else_and_sees_no_other_subscription(world: World) -> None:
    ada, eve = await subscriber(world, "month"), await world.person("eve")
    subscription = await own(ada)
    path = f"/v1/subscriptions/{subscription['id']}"
    assert (await eve.web.ask("GET", path)).status == 404
    assert (await eve.web.ask("PATCH", path, {"change": "cancel_now"})).status == 404
    assert [s async for s in eve.web.every("/v1/subscriptions")] == []
    assert (await own(ada))["state"] == "active"


async def offer(world: World, interval: str, minor: int = 500, currency: str = "EUR", count: int = 1) -> Json:
    name = f"{interval}-{count}-{minor}-{currency.lower()}"
    plan = {"id": name, "name": f"Plan {name}", "amount": {"minor": minor, "currency": currency}}
    offered: Json = await world.staff.post("/v1/plans", plan | {"interval": interval, "count": count})
    return offered


async def take(world: World, person: Person, interval: str) -> None:
    plan = await offer(world, interval)
    await person.web.post("/v1/subscriptions", {"plan_id": plan["id"]})
    await world.settle()


async def subscriber(world: World, interval: str) -> Person:
    person = await world.person("ada", card="visa")
    await take(world, person, interval)
    return person


async def own(person: Person) -> Json:
    [subscription] = [found async for found in person.web.every("/v1/subscriptions")]
    return dict(subscription)


async def change(person: Person, subscription: Json, how: str) -> Json:
    answer = await person.web.ask("PATCH", f"/v1/subscriptions/{subscription['id']}", {"change": how})
    assert answer.status == 200, answer.text
    return dict(answer.json)


async def starts(person: Person) -> list[date]:
    """First days of the periods that were billed, the oldest first."""
    return sorted(date.fromisoformat(payment["period_start"]) for payment in await person.payments())


async def until(world: World, day: date) -> None:
    world.clock.move_to(datetime(day.year, day.month, day.day, 6, tzinfo=UTC))
    await world.tick()


async def to_hour(world: World, hour: int) -> None:
    now = world.clock.now()
    await world.advance(hours=(hour - now.hour) % 24)
