"""The embedded mode's own issuer is an issuer like any other, and never one elsewhere."""

from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import unused_port
from authlib.oauth2.rfc6750 import InvalidTokenError

from adapters.identity.access_tokens import JwtAccessTokens
from adapters.identity.discovery import fetch_keys
from adapters.identity.jwks import JwksCache
from adapters.identity.local_issuer import LocalIssuer
from core.kernel.identity import Caller
from core.kernel.trouble import Refused
from entrypoints.http.kit import serve
from tests.contract.identity.issuer import AUDIENCE, RealClock


def opened(folder: Path, url: str = "http://localhost", *, embedded: bool = True) -> LocalIssuer:
    return LocalIssuer.open(folder, issuer=url, audience=AUDIENCE, clock=RealClock(), embedded=embedded)


def verifier(local: LocalIssuer, url: str = "http://localhost") -> JwtAccessTokens:
    return JwtAccessTokens(JwksCache(local.fetch_keys), issuer=url, audience=AUDIENCE, clock=RealClock())


async def test_a_token_names_its_user_client_and_scopes(tmp_path: Path) -> None:
    local = opened(tmp_path)
    token = local.issue("ann", "cli", {"billing", "billing.operator"}, timedelta(minutes=5))
    assert await verifier(local).verify(token) == Caller("ann", "cli", frozenset({"billing", "billing.operator"}))


async def test_a_token_ends_with_its_lifetime(tmp_path: Path) -> None:
    local = opened(tmp_path)
    with pytest.raises(InvalidTokenError):
        await verifier(local).verify(local.issue("ann", "cli", {"billing"}, timedelta(seconds=-31)))


async def test_its_keys_are_found_over_http_as_any_issuers(tmp_path: Path, http: ClientSession) -> None:
    port = unused_port()
    url = f"http://127.0.0.1:{port}"
    local, app = opened(tmp_path, url), web.Application()
    app.add_routes(local.routes())
    server = await serve(app, port=port)
    keys = JwksCache(lambda: fetch_keys(http, url))
    jwts = JwtAccessTokens(keys, issuer=url, audience=AUDIENCE, clock=RealClock())
    try:
        assert (await jwts.verify(local.issue("ann", "cli", {"billing"}, timedelta(minutes=5)))).user_id == "ann"
    finally:
        await server.stop()


async def test_the_private_key_is_not_published(tmp_path: Path, http: ClientSession) -> None:
    app = web.Application()
    app.add_routes(opened(tmp_path).routes())
    server = await serve(app)
    try:
        [key] = (await (await http.get(f"{server.url}/.well-known/jwks.json")).json())["keys"]
    finally:
        await server.stop()
    assert {"kty", "crv", "x", "y", "kid"} <= set(key)
    assert "d" not in key


async def test_another_process_on_the_same_folder_issues_the_same_tokens(tmp_path: Path) -> None:
    token = opened(tmp_path).issue("ann", "cli", {"billing"}, timedelta(minutes=5))
    assert (await verifier(opened(tmp_path)).verify(token)).user_id == "ann"


async def test_another_folder_is_another_issuer(tmp_path: Path) -> None:
    token = opened(tmp_path / "one").issue("ann", "cli", {"billing"}, timedelta(minutes=5))
    with pytest.raises(InvalidTokenError):
        await verifier(opened(tmp_path / "two")).verify(token)


def test_it_does_not_exist_outside_the_embedded_mode(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="embedded mode only"):
        opened(tmp_path, embedded=False)
    assert list(tmp_path.iterdir()) == []
