import pytest
from aiohttp import ClientSession
from openapi_spec_validator import OpenAPIV31SpecValidator

from entrypoints.http.kit import ANYBODY, Api, document
from tests.unit.http.shop import Shop, shop_routes

ISSUER = "https://issuer.example"


async def test_the_document_is_valid_openapi_3_1(client: ClientSession) -> None:
    served = await (await client.get("/openapi.json")).json()
    assert served["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(served).iter_errors()) == []


def test_any_one_of_the_callers_scopes_opens_an_operation() -> None:
    described = document("Shop", [shop_routes(Shop())], issuer=ISSUER)
    assert described["paths"]["/v1/payments"]["get"]["security"] == [
        {"oidc": ["billing"]},
        {"oidc": ["billing.operator"]},
    ]
    assert described["paths"]["/v1/file"]["get"]["security"] == []
    assert described["components"]["securitySchemes"]["oidc"]["openIdConnectUrl"] == (
        "https://issuer.example/.well-known/openid-configuration"
    )


def test_a_money_moving_operation_asks_for_its_key_and_names_the_conflicts() -> None:
    repay = document("Shop", [shop_routes(Shop())], issuer=ISSUER)["paths"]["/v1/payments/{payment_id}/repay"]["post"]
    key = next(parameter for parameter in repay["parameters"] if parameter["in"] == "header")
    assert key["name"] == "Idempotency-Key"
    assert key["required"] is True
    assert {"202", "400", "401", "403", "404", "409", "415", "422"} <= set(repay["responses"])


def test_a_redirect_is_described_with_its_location() -> None:
    responses = document("Shop", [shop_routes(Shop())], issuer=ISSUER)["paths"]["/v1/file"]["get"]["responses"]
    assert set(responses) == {"302"}
    assert "Location" in responses["302"]["headers"]


def test_problems_have_one_schema_and_an_example_each() -> None:
    components = document("Shop", [shop_routes(Shop())], issuer=ISSUER)["components"]
    media = components["responses"]["Problem404"]["content"]["application/problem+json"]
    assert media["example"] == {"type": "about:blank", "title": "Not Found", "status": 404}
    assert media["schema"] == {"$ref": "#/components/schemas/ProblemDetails"}


def test_several_roles_make_one_document() -> None:
    other = Api("other")

    @other.get("/v1/other", callers=ANYBODY)
    async def list_payments() -> int:
        return 1

    described = document("All", [shop_routes(Shop()), other], issuer=ISSUER)
    assert described["paths"]["/v1/other"]["get"]["operationId"] == "other_list_payments"
    assert list(OpenAPIV31SpecValidator(described).iter_errors()) == []


def test_the_same_route_in_two_roles_stops_the_start() -> None:
    with pytest.raises(ValueError, match="GET /v1/payments"):
        document("All", [shop_routes(Shop()), shop_routes(Shop())], issuer=ISSUER)
