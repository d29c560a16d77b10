from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, ClientTimeout
from aiohttp.test_utils import TestServer

from adapters.identity.access_tokens import JwtAccessTokens
from adapters.identity.discovery import fetch_keys
from adapters.identity.introspection import IntrospectedTokens
from adapters.identity.jwks import JwksCache
from core.kernel.secret import Secret
from tests.contract.identity.issuer import AUDIENCE, CLIENT_ID, CLIENT_SECRET, Issuer, RealClock


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    issuer = Issuer()
    async with TestServer(issuer.app()) as server:
        issuer.url = str(server.make_url("/")).rstrip("/")
        yield issuer
        issuer.go_on.set()


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession(timeout=ClientTimeout(total=5)) as session:
        yield session


class HandClock:
    """Monotonic seconds that pass when told."""

    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def hand() -> HandClock:
    return HandClock()


@pytest.fixture
def keys(issuer: Issuer, http: ClientSession, hand: HandClock) -> JwksCache:
    return JwksCache(lambda: fetch_keys(http, issuer.url), monotonic=hand)


@pytest.fixture
def jwts(keys: JwksCache, issuer: Issuer) -> JwtAccessTokens:
    return JwtAccessTokens(keys, issuer=issuer.url, audience=AUDIENCE, clock=RealClock())


@pytest.fixture
def introspected(http: ClientSession, issuer: Issuer) -> IntrospectedTokens:
    return IntrospectedTokens(
        http,
        url=f"{issuer.url}/introspect",
        client_id=CLIENT_ID,
        client_secret=Secret(CLIENT_SECRET),
        issuer=issuer.url,
        audience=AUDIENCE,
        clock=RealClock(),
    )
