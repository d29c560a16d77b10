"""G15: a money-moving POST can be repeated safely."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from aiohttp import ClientSession
from pydantic import SecretStr, TypeAdapter

from entrypoints.http.kit import Api, HttpProblem, Once
from entrypoints.http.kit.idempotency import fingerprint
from tests.unit.http.requests import STAFF, bearer
from tests.unit.http.shop import Repay, Shop, ShopTx, Started


async def repay(
    client: ClientSession, payment_id: UUID, key: str | None = "k", who: str = "ann:billing", **body: Any
) -> tuple[int, str, str | None]:
    headers = bearer(who) | ({"Idempotency-Key": key} if key is not None else {})
    async with client.post(f"/v1/payments/{payment_id}/repay", json=body, headers=headers) as answer:
        return answer.status, await answer.text(), answer.headers.get("Idempotent-Replayed")


@pytest.mark.parametrize("key", [None, "", "k" * 256, "two words", "ключ", "\t"])
async def test_a_missing_or_impossible_key_is_400(client: ClientSession, shop: Shop, key: str | None) -> None:
    status, _, _ = await repay(client, shop.payments[0].id, key)
    assert status == 400
    assert shop.repaid == []


async def test_two_keys_are_400(client: ClientSession, shop: Shop) -> None:
    headers = [*bearer().items(), ("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    async with client.post(f"/v1/payments/{shop.payments[0].id}/repay", json={}, headers=headers) as answer:
        assert answer.status == 400


async def test_a_repeated_request_is_answered_alike_and_worked_once(client: ClientSession, shop: Shop) -> None:
    payment_id = shop.payments[0].id
    first = await repay(client, payment_id, "k" * 255)
    second = await repay(client, payment_id, "k" * 255)
    assert first == (202, '{"message":"Payment started."}', None)
    assert second == (*first[:2], "true")
    assert shop.repaid == [payment_id]


async def test_absent_and_default_members_are_the_same_request(client: ClientSession, shop: Shop) -> None:
    await repay(client, shop.payments[0].id)
    status, _, replayed = await repay(client, shop.payments[0].id, mode="normal")
    assert (status, replayed) == (202, "true")


async def test_a_key_of_another_body_or_route_is_422(client: ClientSession, shop: Shop) -> None:
    await repay(client, shop.payments[0].id)
    body, _, _ = await repay(client, shop.payments[0].id, card_id=str(shop.payments[1].id))
    route, _, _ = await repay(client, shop.payments[2].id)
    assert (body, route) == (422, 422)
    assert shop.repaid == [shop.payments[0].id]


async def test_another_users_same_key_is_another_key(client: ClientSession, shop: Shop) -> None:
    mine, theirs = shop.payments[0].id, shop.payments[1].id
    assert (await repay(client, mine))[0] == 202
    assert (await repay(client, theirs, who="bob:billing")) == (202, '{"message":"Payment started."}', None)
    assert shop.repaid == [mine, theirs]


async def test_twenty_at_once_work_once(client: ClientSession, shop: Shop) -> None:
    answers = await asyncio.gather(*(repay(client, shop.payments[0].id) for _ in range(20)))
    assert {status for status, _, _ in answers} <= {202, 409}
    assert shop.repaid == [shop.payments[0].id]


async def test_while_the_first_is_running_the_second_is_409_and_told_when_to_come(
    client: ClientSession, shop: Shop
) -> None:
    await repay(client, shop.payments[0].id)
    [scope] = shop.keys
    shop.held.add(scope)
    del shop.keys[scope]
    path = f"/v1/payments/{shop.payments[0].id}/repay"
    async with client.post(path, json={}, headers=bearer(Idempotency_Key="k")) as answer:
        assert answer.status == 409
        assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize(("body", "status"), [({"mode": "away"}, 503), ({"mode": "crash"}, 500), ({"no": 1}, 422)])
async def test_what_failed_or_was_not_understood_keeps_nothing(
    client: ClientSession, shop: Shop, body: dict[str, Any], status: int
) -> None:
    first = await repay(client, shop.payments[0].id, **body)
    assert first[0] == status
    assert shop.keys == {}
    assert shop.repaid == []
    assert await repay(client, shop.payments[0].id) == (202, '{"message":"Payment started."}', None)


async def test_a_refusal_is_an_answer_and_repeated_without_its_work(client: ClientSession, shop: Shop) -> None:
    first = await repay(client, shop.payments[0].id, mode="conflict")
    second = await repay(client, shop.payments[0].id, mode="conflict")
    assert first[0] == second[0] == 409
    assert first[1] == second[1]
    assert second[2] == "true"
    assert shop.repaid == []


async def test_a_foreign_payment_is_404_with_any_key(client: ClientSession, shop: Shop) -> None:
    assert (await repay(client, shop.payments[1].id))[0] == 404
    assert shop.repaid == []


async def test_staff_may_repay_for_anybody(client: ClientSession, shop: Shop) -> None:
    assert (await repay(client, shop.payments[1].id, who=STAFF["Authorization"].split()[1]))[0] == 202


async def test_that_a_key_was_busy_is_never_kept_as_its_answer(shop: Shop) -> None:
    """The first may roll back just after the second was told to wait."""
    once = Once("scope", "print", 202, TypeAdapter(Started))
    shop.held.add("scope")

    async def work(tx: ShopTx) -> Started:
        raise AssertionError

    @asynccontextmanager
    async def uow() -> AsyncIterator[ShopTx]:
        async with shop.uow() as tx:
            try:
                yield tx
            finally:
                shop.held.clear()

    with pytest.raises(HttpProblem) as told:
        await once(uow, work)
    assert told.value.status == 409
    assert shop.keys == {}


def test_a_fingerprint_knows_the_values_and_not_the_card() -> None:
    plain = fingerprint("POST", "/x/{id}", {"id": UUID(int=1), "body": Repay()})
    assert plain == fingerprint("POST", "/x/{id}", {"body": Repay(), "id": UUID(int=1)})
    assert plain != fingerprint("POST", "/x/{id}", {"id": UUID(int=2), "body": Repay()})
    assert plain != fingerprint("POST", "/y/{id}", {"id": UUID(int=1), "body": Repay()})
    with_card = [fingerprint("POST", "/x", {"body": Repay(number=SecretStr(n))}) for n in ("4111", "4242")]
    assert with_card[0] == with_card[1]


def test_moving_money_without_working_once_stops_the_start() -> None:
    api = Api("bad")
    with pytest.raises(TypeError, match="takes an Once"):

        @api.post("/v1/x", callers=("billing",), money=True)
        async def pay() -> Started: ...

    with pytest.raises(TypeError, match="takes an Once"):

        @api.post("/v1/x", callers=("billing",))
        async def pay_too(once: Once) -> Started: ...
