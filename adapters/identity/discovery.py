"""Where an issuer's keys come from: its own discovery document, and nothing a token says."""

import asyncio
from typing import Any

from aiohttp import ClientSession
from joserfc.jwk import KeySet

from adapters.identity.answers import read_small_json
from core.kernel.trouble import Malformed

FETCH_SECONDS = 5.0


async def fetch_keys(http: ClientSession, issuer: str) -> KeySet:
    """The key set an issuer publishes (RFC 8414, OpenID Connect Discovery), within 5 s. Raises whatever went wrong."""
    async with asyncio.timeout(FETCH_SECONDS):
        metadata = await _get(http, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if metadata["issuer"] != issuer:
            raise Malformed("the discovery document is another issuer's")
        return KeySet.import_key_set(await _get(http, metadata["jwks_uri"]))


async def _get(http: ClientSession, url: str) -> Any:
    async with http.get(url, allow_redirects=False) as answer:
        return await read_small_json(answer)
