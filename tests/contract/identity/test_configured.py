"""The settings decide how tokens are verified: by the issuer's keys, or by asking it about each."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from authlib.oauth2.rfc6750 import InvalidTokenError

from core.kernel.trouble import Unavailable
from entrypoints import outside
from entrypoints.http.kit import Tokens
from entrypoints.settings import BadSettings, read_settings
from tests.contract.identity.issuer import AUDIENCE, CLIENT_ID, CLIENT_SECRET, Issuer, opaque

OURS = {
    "BILLOW_DATABASE_URL": "postgresql://db/billow",
    "BILLOW_AMQP_URL": "amqp://broker",
    "BILLOW_AUDIENCE": AUDIENCE,
}


def asking(issuer: Issuer, secret: str = CLIENT_SECRET) -> dict[str, str]:
    return {
        "BILLOW_INTROSPECTION_URL": f"{issuer.url}/introspect",
        "BILLOW_INTROSPECTION_CLIENT_ID": CLIENT_ID,
        "BILLOW_INTROSPECTION_CLIENT_SECRET": secret,
    }


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def configured(issuer: Issuer, stack: AsyncExitStack, **more: str) -> Tokens:
    settings = read_settings({**OURS, "BILLOW_ISSUER": issuer.url, **more}, "activator")
    return await outside.tokens(settings, stack)


async def test_an_opaque_token_is_verified_by_asking_its_issuer(issuer: Issuer, stack: AsyncExitStack) -> None:
    tokens = await configured(issuer, stack, **asking(issuer))
    assert (await tokens.verify(opaque(issuer.claims()))).user_id == "ann"
    for claims in ({"active": False}, {"aud": "https://other.example"}, {"iss": "https://evil.example"}):
        with pytest.raises(InvalidTokenError):
            await tokens.verify(opaque(issuer.claims() | claims))
    assert issuer.fetches == 0


async def test_the_issuer_is_asked_with_our_secret(issuer: Issuer, stack: AsyncExitStack) -> None:
    tokens = await configured(issuer, stack, **asking(issuer, "another"))
    with pytest.raises(Unavailable):
        await tokens.verify(opaque(issuer.claims()))


async def test_without_a_url_only_signed_tokens_are_verified(issuer: Issuer, stack: AsyncExitStack) -> None:
    tokens = await configured(issuer, stack)
    assert (await tokens.verify(issuer.token())).user_id == "ann"
    with pytest.raises(InvalidTokenError):
        await tokens.verify(opaque(issuer.claims()))


@pytest.mark.parametrize("left_out", ["CLIENT_ID", "CLIENT_SECRET"])
async def test_asking_without_credentials_is_refused_at_the_start(
    issuer: Issuer, stack: AsyncExitStack, left_out: str
) -> None:
    given = {name: text for name, text in asking(issuer).items() if not name.endswith(left_out)}
    with pytest.raises(BadSettings, match=f"BILLOW_INTROSPECTION_{left_out}: missing"):
        await configured(issuer, stack, **given)
