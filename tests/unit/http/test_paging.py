import base64
from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from aiohttp import ClientSession

from core.kernel.ids import derived
from entrypoints.http.kit.paging import Page
from entrypoints.http.kit.problem import HttpProblem
from tests.unit.http.requests import STAFF, bearer
from tests.unit.http.shop import Payment, Shop


async def pages(client: ClientSession, limit: int, headers: dict[str, str]) -> list[list[str]]:
    found: list[list[str]] = []
    cursor = ""
    while True:
        async with client.get(f"/v1/payments?limit={limit}{cursor}", headers=headers) as answer:
            assert answer.status == 200
            page = await answer.json()
        found.append([item["id"] for item in page["items"]])
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


@pytest.mark.parametrize("limit", [1, 3, 5, 10, 11, 100])
async def test_the_pages_are_the_list(client: ClientSession, shop: Shop, limit: int) -> None:
    found = await pages(client, limit, STAFF)
    assert [one for page in found for one in page] == [str(row.id) for row in shop.payments]
    assert all(len(page) == limit for page in found[:-1])
    assert found[-1]


async def test_a_new_row_in_front_neither_shifts_nor_repeats_a_page(client: ClientSession, shop: Shop) -> None:
    async with client.get("/v1/payments?limit=2", headers=STAFF) as answer:
        cursor = (await answer.json())["next"]
    shop.payments.insert(0, Payment(-1, derived("payment", -1), "ann"))
    async with client.get(f"/v1/payments?limit=2&cursor={cursor}", headers=STAFF) as answer:
        assert (await answer.json())["items"][0]["id"] == str(shop.payments[3].id)


async def test_an_empty_list_has_no_next_page(client: ClientSession) -> None:
    assert await pages(client, 5, bearer("nobody:billing")) == [[]]


def forged(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "%21%21%21%21",
        "é",
        forged(b"[]"),
        forged(b"[1]"),
        forged(b'["a", "b"]'),
        forged(b'[1, "b0decab4-43de-5e40-9f5e-5987d6963369", 3]'),
        forged(b'[99999999999999999999999, "b0decab4-43de-5e40-9f5e-5987d6963369"]'),
        forged(b"\xff"),
        forged(b"[" * 500),
    ],
)
async def test_a_cursor_that_is_none_of_ours_is_400(client: ClientSession, cursor: str) -> None:
    async with client.get(f"/v1/payments?cursor={cursor}", headers=STAFF) as answer:
        assert answer.status == 400
        assert (await answer.json(content_type=None))["type"] == "urn:billow:problem:bad-cursor"


class Moment(NamedTuple):
    at: datetime
    number: int


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-03-01T12:00:00"])
def test_a_cursor_with_a_time_that_is_none_in_utc_is_none_of_ours(at: str) -> None:
    with pytest.raises(HttpProblem) as refused:
        Page(cursor=forged(f'["{at}", 1]'.encode())).after(Moment)
    assert refused.value.status == 400


def test_a_time_in_a_cursor_is_understood_in_utc() -> None:
    moment = Page(cursor=forged(b'["2026-03-01T14:00:00+02:00", 1]')).after(Moment)
    assert moment == Moment(datetime(2026, 3, 1, 12, tzinfo=UTC), 1)
    assert moment is not None
    assert moment.at.tzinfo == UTC
