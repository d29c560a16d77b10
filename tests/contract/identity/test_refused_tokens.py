"""G17: only tokens meant for us are accepted; every other is a 401 with a challenge."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import ClientSession
from authlib.oauth2.rfc6750 import InvalidTokenError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc.jws import serialize_compact

from adapters.identity.access_tokens import JwtAccessTokens
from adapters.identity.jwks import REFETCH_SECONDS, JwksCache
from entrypoints.http.kit import OPERATOR, USER, Api, Caller, application, serve
from tests.contract.identity.conftest import HandClock
from tests.contract.identity.issuer import AUDIENCE, Issuer, RealClock, b64, ec_key, rsa_key, seconds


@pytest.fixture
async def client(jwts: JwtAccessTokens) -> AsyncIterator[ClientSession]:
    api = Api("who")

    @api.get("/who", callers=(USER, OPERATOR))
    async def who(caller: Caller) -> list[str]:
        """The caller."""
        return [caller.user_id, caller.client_id, *sorted(caller.scopes)]

    server = await serve(application([api], tokens=jwts, title="Who", issuer="https://issuer.example"))
    async with ClientSession(server.url) as session:
        yield session
    await server.stop()


def unsigned(issuer: Issuer, alg: str, signature: str = "") -> str:
    header = json.dumps({"alg": alg, "typ": "at+jwt", "kid": "rsa"}).encode()
    return f"{b64(header)}.{b64(json.dumps(issuer.claims()).encode())}.{signature}"


def with_public_key_as_secret(issuer: Issuer) -> str:
    pem = issuer.keys[0].as_bytes(private=False)
    return issuer.token(pem, "HS256")


def tampered(issuer: Issuer) -> str:
    head, _, signature = issuer.token().split(".")
    return f"{head}.{b64(json.dumps(issuer.claims(scope='billing.operator')).encode())}.{signature}"


def by_stranger(**header: Any) -> Callable[[Issuer], str]:
    """Signed with a key of the attacker's own, under the id of one of ours."""
    return lambda issuer: issuer.token(rsa_key("stranger"), header={"kid": "rsa", **header})


def pointing_at(name: str, value: Any) -> Callable[[Issuer], str]:
    """Signed by the issuer, and still not trusted with a say in keys."""
    return lambda issuer: issuer.token(header={name: value})


def with_list_as_claims(issuer: Issuer) -> str:
    return serialize_compact({"alg": "RS256", "typ": "at+jwt", "kid": "rsa"}, b"[1]", issuer.keys[0])


def with_header(header: bytes) -> Callable[[Issuer], str]:
    return lambda issuer: f"{b64(header)}.{b64(b'{}')}.AAAA"


STRANGERS_JWK = rsa_key("stranger").as_dict(private=False)

REFUSED: dict[str, Callable[[Issuer], str]] = {
    "alg none": lambda issuer: unsigned(issuer, "none"),
    "alg NoNe": lambda issuer: unsigned(issuer, "NoNe"),
    "alg none with a signature": lambda issuer: unsigned(issuer, "none", "AAAA"),
    "alg empty": lambda issuer: unsigned(issuer, "", "AAAA"),
    "HS256 signed with the public key": with_public_key_as_secret,
    "HS256 of a guessed secret": lambda issuer: issuer.token(b"s" * 32, "HS256"),
    "RS512": lambda issuer: issuer.token(alg="RS512"),
    "PS384": lambda issuer: issuer.token(alg="PS384"),
    "ES256 under the id of an RSA key": lambda issuer: issuer.token(ec_key("ec"), "ES256", {"kid": "rsa"}),
    "RS256 under the id of an EC key": lambda issuer: issuer.token(header={"kid": "ec"}),
    "a stranger's key under our id": by_stranger(),
    "a stranger's key embedded as jwk": by_stranger(jwk=STRANGERS_JWK),
    "a stranger's key at a jku": by_stranger(jku="https://evil.example/jwks"),
    "a stranger's certificate at an x5u": by_stranger(x5u="https://evil.example/cert"),
    "jwk in a signed token": pointing_at("jwk", STRANGERS_JWK),
    "jku in a signed token": pointing_at("jku", "https://evil.example/jwks"),
    "x5u in a signed token": pointing_at("x5u", "https://evil.example/cert"),
    "x5c in a signed token": pointing_at("x5c", ["MIIB"]),
    "unknown crit": pointing_at("crit", ["exp"]),
    "b64 false": pointing_at("b64", False),
    "kid with ../": by_stranger(kid="../../../dev/null"),
    "kid with SQL": by_stranger(kid="' OR 1=1 --"),
    "kid unknown": by_stranger(kid="stranger"),
    "kid missing": pointing_at("kid", None),
    "kid no string": pointing_at("kid", ["rsa"]),
    "typ of an ID token": pointing_at("typ", "JWT"),
    "typ missing": pointing_at("typ", None),
    "typ no string": pointing_at("typ", ["at+jwt"]),
    "a changed payload": tampered,
    "expired": lambda issuer: issuer.token(exp=seconds(-60)),
    "not yet valid": lambda issuer: issuer.token(nbf=seconds(60)),
    "issued in the future": lambda issuer: issuer.token(iat=seconds(60)),
    "no exp": lambda issuer: issuer.token(exp=None),
    "exp as a string": lambda issuer: issuer.token(exp=str(seconds(60))),
    "exp as true": lambda issuer: issuer.token(exp=True),
    "exp as NaN": lambda issuer: issuer.token(exp=float("nan")),
    "exp as Infinity": lambda issuer: issuer.token(exp=float("inf")),
    "no iat": lambda issuer: issuer.token(iat=None),
    "no jti": lambda issuer: issuer.token(jti=None),
    "no sub": lambda issuer: issuer.token(sub=None),
    "sub empty": lambda issuer: issuer.token(sub=""),
    "sub a list": lambda issuer: issuer.token(sub=["ann"]),
    "sub with NUL": lambda issuer: issuer.token(sub="ann\0"),
    "sub too long": lambda issuer: issuer.token(sub="a" * 256),
    "no client_id": lambda issuer: issuer.token(client_id=None),
    "client_id a number": lambda issuer: issuer.token(client_id=7),
    "scope a list": lambda issuer: issuer.token(scope=["billing"]),
    "no iss": lambda issuer: issuer.token(iss=None),
    "another iss": lambda issuer: issuer.token(iss="https://evil.example"),
    "iss with a slash more": lambda issuer: issuer.token(iss=f"{issuer.url}/"),
    "no aud": lambda issuer: issuer.token(aud=None),
    "another aud": lambda issuer: issuer.token(aud="https://other.example"),
    "other auds": lambda issuer: issuer.token(aud=["https://other.example"]),
    "an ID token": lambda issuer: issuer.token(header={"typ": "JWT"}, aud="portal", nonce="n", client_id=None),
    "empty": lambda issuer: "",
    "one megabyte": lambda issuer: "a" * 1_000_000,
    "more than 8 KiB, well signed": lambda issuer: issuer.token(padding="x" * 8_000),
    "no dots": lambda issuer: "abc",
    "two parts": lambda issuer: issuer.token().rpartition(".")[0],
    "five parts": lambda issuer: "a.b.c.d.e",
    "a header that is a list": with_header(b"[1]"),
    "a header that is a string": with_header(b'"alg"'),
    "a header of brackets": with_header(b"[" * 5_000),
    "a header of no JSON": with_header(b"nope"),
    "a payload that is a list": with_list_as_claims,
}


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED)
async def test_a_token_that_is_not_meant_for_us_is_401(
    client: ClientSession, issuer: Issuer, make: Callable[[Issuer], str]
) -> None:
    async with client.get("/who", headers={"Authorization": f"Bearer {make(issuer)}"}) as answer:
        assert answer.status == 401
        assert answer.content_type == "application/problem+json"
        assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="billow"')
        assert "error" in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("scheme", ["Basic", "Bearer,", "DPoP", ""])
async def test_another_scheme_is_401(client: ClientSession, issuer: Issuer, scheme: str) -> None:
    async with client.get("/who", headers={"Authorization": f"{scheme} {issuer.token()}"}) as answer:
        assert answer.status == 401


async def test_two_authorization_headers_are_401(client: ClientSession, issuer: Issuer) -> None:
    headers = [("Authorization", f"Bearer {issuer.token()}")] * 2
    async with client.get("/who", headers=headers) as answer:
        assert answer.status == 401
        assert "WWW-Authenticate" in answer.headers


async def test_a_token_in_the_query_is_not_looked_at(client: ClientSession, issuer: Issuer) -> None:
    async with client.get("/who", params={"access_token": issuer.token()}) as answer:
        assert answer.status == 401


@pytest.mark.parametrize(
    "make",
    [
        lambda issuer: issuer.token(),
        lambda issuer: issuer.token(alg="PS256"),
        lambda issuer: issuer.token(ec_key("ec"), "ES256"),
        lambda issuer: issuer.token(header={"typ": "application/AT+JWT"}),
        lambda issuer: issuer.token(header={"x5t": "abc"}),
        lambda issuer: issuer.token(aud=["https://other.example", AUDIENCE]),
        lambda issuer: issuer.token(padding="x" * 5_000),
    ],
)
async def test_a_good_token_is_its_caller(client: ClientSession, issuer: Issuer, make: Callable[[Issuer], str]) -> None:
    async with client.get("/who", headers={"Authorization": f"Bearer {make(issuer)}"}) as answer:
        assert (answer.status, await answer.json()) == (200, ["ann", "portal", "billing"])


async def test_only_an_unknown_id_sends_us_to_the_issuer(
    jwts: JwtAccessTokens, issuer: Issuer, hand: HandClock
) -> None:
    await jwts.verify(issuer.token())
    for name, make in REFUSED.items():
        hand.seconds += REFETCH_SECONDS
        if not name.startswith("kid"):
            with pytest.raises(InvalidTokenError):
                await jwts.verify(make(issuer))
    assert issuer.fetches == 1


async def test_a_token_without_kid_is_refused_even_where_there_is_one_key(
    jwts: JwtAccessTokens, issuer: Issuer
) -> None:
    issuer.keys = issuer.keys[:1]
    for kid in (None, ""):
        with pytest.raises(InvalidTokenError):
            await jwts.verify(issuer.token(header={"kid": kid}))


@given(token=st.text(st.sampled_from("abcXYZ019-_=."), max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_nothing_made_up_is_a_token(jwts: JwtAccessTokens, token: str) -> None:
    with pytest.raises(InvalidTokenError):
        await jwts.verify(token)


@pytest.mark.parametrize("algorithms", [(), ("HS256",), ("RS256", "none")])
def test_an_unsafe_setting_of_algorithms_stops_the_start(keys: JwksCache, algorithms: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="algorithms"):
        JwtAccessTokens(keys, issuer="i", audience="a", clock=RealClock(), algorithms=algorithms)


async def test_only_the_algorithms_of_the_setting_count(keys: JwksCache, issuer: Issuer) -> None:
    only = JwtAccessTokens(keys, issuer=issuer.url, audience=AUDIENCE, clock=RealClock(), algorithms=("ES256",))
    await only.verify(issuer.token(ec_key("ec"), "ES256"))
    with pytest.raises(InvalidTokenError):
        await only.verify(issuer.token())
