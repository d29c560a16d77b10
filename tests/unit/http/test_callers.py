"""G19, the kit's part: who may call what, and whose data they see."""

import pytest
from aiohttp import ClientSession

from core.kernel.trouble import NotFound
from entrypoints.http.kit import Owner
from tests.unit.http.requests import bearer
from tests.unit.http.shop import Shop

OWNER, OTHER, PRODUCT, OPERATOR, NO_SCOPE = (
    "ann:billing",
    "bob:billing",
    "shop:billing.products",
    "sam:billing.operator",
    "ann:unrelated",
)
MATRIX = {
    ("GET", "/v1/payments/{id}"): {OWNER: 200, OTHER: 404, PRODUCT: 200, OPERATOR: 200, NO_SCOPE: 403},
    ("GET", "/v1/payments"): {OWNER: 200, OTHER: 200, PRODUCT: 403, OPERATOR: 200, NO_SCOPE: 403},
    ("GET", "/v1/payments?user_id=ann"): {OWNER: 200, OTHER: 404, PRODUCT: 403, OPERATOR: 200, NO_SCOPE: 403},
    ("DELETE", "/v1/payments/{id}"): {OWNER: 403, OTHER: 403, PRODUCT: 403, OPERATOR: 204, NO_SCOPE: 403},
}


@pytest.mark.parametrize(
    ("route", "who", "status"),
    [(route, who, status) for route, row in MATRIX.items() for who, status in row.items()],
    ids=str,
)
async def test_the_matrix_of_callers(
    client: ClientSession, shop: Shop, route: tuple[str, str], who: str, status: int
) -> None:
    method, path = route
    async with client.request(method, path.format(id=shop.payments[0].id), headers=bearer(who)) as answer:
        assert answer.status == status
        if status == 403:
            challenge = answer.headers["WWW-Authenticate"]
            assert 'error="insufficient_scope"' in challenge
            assert "billing.operator" in challenge


async def test_foreign_and_missing_look_the_same(client: ClientSession, shop: Shop) -> None:
    seen = []
    for payment_id in (shop.payments[0].id, "00000000-0000-0000-0000-000000000000", "no-id"):
        async with client.get(f"/v1/payments/{payment_id}", headers=bearer(OTHER)) as answer:
            seen.append((answer.status, await answer.text()))
    assert len(set(seen)) == 1


@pytest.mark.parametrize("method_path", MATRIX)
async def test_a_stranger_is_asked_for_a_token(client: ClientSession, method_path: tuple[str, str]) -> None:
    method, path = method_path
    async with client.request(method, path.format(id="any")) as answer:
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="billow"'


async def test_the_widest_scope_counts(client: ClientSession, shop: Shop) -> None:
    headers = bearer("bob:billing+billing.operator")
    async with client.get(f"/v1/payments/{shop.payments[0].id}", headers=headers) as answer:
        assert answer.status == 200


async def test_a_product_scope_widens_nothing_where_products_may_not_call(client: ClientSession) -> None:
    async with client.get("/v1/payments?user_id=ann", headers=bearer("bob:billing+billing.products")) as answer:
        assert answer.status == 404


def test_narrowing_leaves_a_user_with_their_own() -> None:
    assert Owner("ann").narrow(None) == "ann"
    assert Owner("ann").narrow("ann") == "ann"
    assert Owner(None).narrow("bob") == "bob"
    assert Owner(None).narrow("") == ""
    assert Owner(None).narrow(None) is None
    with pytest.raises(NotFound):
        Owner("ann").narrow("bob")
    with pytest.raises(NotFound):
        Owner("ann").narrow("")
