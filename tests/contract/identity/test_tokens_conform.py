"""What every verifier of tokens must do: RFC 9068 JWTs and RFC 7662 introspection alike."""

from collections.abc import Callable
from typing import Any

import pytest
from authlib.oauth2.rfc6750 import InvalidTokenError

from adapters.identity import introspection
from adapters.identity.access_tokens import JwtAccessTokens
from adapters.identity.introspection import IntrospectedTokens
from core.kernel.identity import Caller
from core.kernel.trouble import Unavailable
from entrypoints.http.kit import Tokens
from tests.contract.identity.issuer import Issuer, opaque, seconds

Mint = Callable[..., str]


@pytest.fixture(params=["jwt", "introspected"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def tokens(kind: str, jwts: JwtAccessTokens, introspected: IntrospectedTokens) -> Tokens:
    return jwts if kind == "jwt" else introspected


@pytest.fixture
def mint(kind: str, issuer: Issuer) -> Mint:
    return issuer.token if kind == "jwt" else lambda **claims: opaque(issuer.claims(**claims))


async def test_a_good_token_is_its_caller(tokens: Tokens, mint: Mint) -> None:
    caller = await tokens.verify(mint(scope="billing billing.operator"))
    assert caller == Caller("ann", "portal", frozenset({"billing", "billing.operator"}))


async def test_a_token_without_scopes_may_nothing(tokens: Tokens, mint: Mint) -> None:
    assert (await tokens.verify(mint(scope=None))).scopes == frozenset()


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": -60},
        {"exp": None},
        {"aud": "https://other.example"},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"sub": None},
        {"sub": ""},
        {"client_id": None},
        {"scope": ["billing"]},
        {"nbf": 60},
    ],
    ids=str,
)
async def test_a_token_that_is_not_meant_for_us_is_refused(tokens: Tokens, mint: Mint, claims: dict[str, Any]) -> None:
    shifted = {name: seconds(value) if name in ("exp", "nbf") and value else value for name, value in claims.items()}
    with pytest.raises(InvalidTokenError):
        await tokens.verify(mint(**shifted))


@pytest.mark.parametrize("token", ["", "a" * 8193, "with space", "bad\x00", "ünï"])
async def test_what_has_not_the_form_of_a_token_asks_nobody(tokens: Tokens, issuer: Issuer, token: str) -> None:
    with pytest.raises(InvalidTokenError):
        await tokens.verify(token)
    assert issuer.fetches == 0


@pytest.mark.parametrize("mode", ["500", "garbage", "slow"])
async def test_a_broken_issuer_is_unavailable_and_never_a_yes(
    introspected: IntrospectedTokens, issuer: Issuer, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(introspection, "ASK_SECONDS", 0.1)
    issuer.mode = mode
    with pytest.raises(Unavailable):
        await introspected.verify(opaque(issuer.claims()))


@pytest.mark.parametrize("active", [False, None, "true", 1])
async def test_only_active_true_is_active(introspected: IntrospectedTokens, issuer: Issuer, active: object) -> None:
    with pytest.raises(InvalidTokenError):
        await introspected.verify(opaque(issuer.claims() | {"active": active}))


async def test_an_introspection_answer_may_leave_the_issuer_out(
    introspected: IntrospectedTokens, issuer: Issuer
) -> None:
    assert (await introspected.verify(opaque(issuer.claims(iss=None)))).user_id == "ann"
