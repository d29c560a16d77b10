"""Staff, or an identity system, say who a user is; every role keeps what it needs, and no more."""

import json
from datetime import datetime, timedelta
from uuid import uuid4

import aio_pika

from core.contracts.users import UserChanged
from tests.journeys.world import Person, World

KEPT = {
    "payment": {"id", "changed_at", "default_card_id"},
    "subscription": {"id", "time_zone", "changed_at"},
    "notifier": {"id", "changed_at", "party", "locale", "time_zone"},
    "activator": {"id", "changed_at"},
}


async def test_a_user_put_by_staff_is_known_to_every_role(world: World) -> None:
    ada = world.stranger("ada")
    answer = await world.staff.put(f"/v1/users/{ada.id}", about("Ada Lovelace", ada))
    assert answer["user_id"] == ada.id
    await world.settle()
    for schema in KEPT:
        assert len(await world.rows(schema, "SELECT FROM users WHERE id = $1", ada.id)) == 1, schema
    assert (await ada.access())["blocked"] is False


async def test_each_role_keeps_only_the_fields_it_needs(world: World) -> None:
    ada = await world.person("ada", name="Ada Lovelace", address=["12 Analytical St"])
    for schema, fields in KEPT.items():
        [row] = await world.rows(schema, "SELECT * FROM users WHERE id = $1", ada.id)
        assert set(row.keys()) == fields, schema
        assert ("Lovelace" in str(dict(row))) == (schema == "notifier")
        assert (ada.phone in str(dict(row))) == (schema == "notifier")


async def test_no_gateway_knows_any_user(world: World) -> None:
    query = "SELECT table_name FROM information_schema.tables WHERE table_schema = $1 AND table_name = 'users'"
    for schema in ("gateway_a", "gateway_b"):
        assert await world.rows(schema, query, schema) == []


async def test_the_later_change_wins_whatever_the_order_of_arrival(world: World) -> None:
    ada = await world.person("ada", card="visa")
    now = world.clock.now()
    await tell(world, ada, "Ada King", now + timedelta(minutes=2))
    await tell(world, ada, "Ada Byron", now + timedelta(minutes=1))
    await world.charge(ada)
    [mail] = ada.mails("invoice")
    assert "Ada King" in mail.text
    assert "Byron" not in mail.text


async def test_notices_go_where_the_user_is_reached_now(world: World) -> None:
    ada = await world.person("ada", card="visa")
    await world.introduce(ada, email=f"new-{ada.email}", phone="")
    await world.charge(ada)
    assert (ada.mails(), ada.texts()) == ([], [])
    [mail] = [mail for mail in world.mails() if mail.to == f"new-{ada.email}"]
    assert mail.kind == "invoice"


async def test_only_staff_say_who_a_user_is(world: World) -> None:
    ada = world.stranger("ada")
    for caller in (ada.web, world.product):
        assert (await caller.ask("PUT", f"/v1/users/{ada.id}", about("Ada", ada))).status == 403
    assert await world.rows("payment", "SELECT FROM users WHERE id = $1", ada.id) == []


async def test_a_user_that_cannot_be_is_refused_with_every_fault_named(world: World) -> None:
    faulty = {"name": "", "email": "nowhere", "phone": "0123", "time_zone": "Mars/Olympus"}
    answer = await world.staff.ask("PUT", "/v1/users/somebody", faulty)
    assert answer.status == 422
    pointers = {fault["pointer"] for fault in answer.json["errors"]}
    assert {"/body/name", "/body/email", "/body/phone", "/body/time_zone"} <= pointers


def about(name: str, person: Person) -> dict[str, str]:
    return {"name": name, "email": person.email, "phone": person.phone}


async def tell(world: World, person: Person, name: str, at: datetime) -> None:
    """As an identity system does, by message."""
    body = about(name, person) | {"user_id": person.id, "changed_at": at.isoformat(), "locale": "en"}
    body |= {"address": [], "country": "", "time_zone": "UTC", "tax_id": ""}  # type: ignore[dict-item]
    attributes = {"specversion": "1.0", "id": str(uuid4()), "source": "identity", "type": UserChanged.kind}
    headers = {f"ce-{name}": value for name, value in (attributes | {"time": at.isoformat()}).items()}
    message = aio_pika.Message(json.dumps(body).encode(), headers=headers, content_type="application/json")
    await world.publish(UserChanged.topic, UserChanged.kind, message)
