"""An issuer of our own for the embedded mode: whoever can read its folder is trusted with everything."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, KeySetSerialization

from adapters.identity.private_key import private_key
from core.kernel.clock import Clock
from core.kernel.trouble import Refused

ALGORITHM = "ES256"
JWKS_PATH = "/.well-known/jwks.json"
DISCOVERY_PATH = "/.well-known/openid-configuration"


class LocalIssuer:
    """Issues RFC 9068 access tokens signed with a key that stays in one private folder."""

    def __init__(self, key: ECKey, *, issuer: str, audience: str, clock: Clock) -> None:
        self._key, self._issuer, self._audience, self._clock = key, issuer, audience, clock

    @classmethod
    def open(cls, folder: Path, *, issuer: str, audience: str, clock: Clock, embedded: bool) -> "LocalIssuer":
        """Makes the key at the first time. Raises `Refused` outside the embedded mode: no password guards it."""
        if not embedded:
            raise Refused("the local token issuer exists in the embedded mode only; configure an issuer")
        return cls(private_key(folder), issuer=issuer, audience=audience, clock=clock)

    def issue(self, user_id: str, client_id: str, scopes: Iterable[str], lifetime: timedelta) -> str:
        """A token of this user, good from now until `lifetime` is over."""
        now = self._clock.now()
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": user_id,
            "client_id": client_id,
            "scope": " ".join(sorted(scopes)),
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
            "jti": str(uuid4()),
        }
        header = {"alg": ALGORITHM, "typ": "at+jwt", "kid": self._key.kid}
        return jwt.encode(header, claims, self._key, algorithms=[ALGORITHM])

    async def fetch_keys(self) -> KeySet:
        """The public keys, for a `JwksCache` in the same process."""
        return KeySet.import_key_set(self._published())

    def routes(self) -> list[web.RouteDef]:
        """Discovery document and key set, as any issuer has them."""

        async def discovery(_request: web.Request) -> web.Response:
            return web.json_response(self._metadata())

        async def jwks(_request: web.Request) -> web.Response:
            return web.json_response(self._published())

        return [web.get(DISCOVERY_PATH, discovery), web.get(JWKS_PATH, jwks)]

    def _published(self) -> KeySetSerialization:
        return KeySet([self._key]).as_dict(private=False)

    def _metadata(self) -> dict[str, object]:
        return {
            "issuer": self._issuer,
            "jwks_uri": self._issuer.rstrip("/") + JWKS_PATH,
            "response_types_supported": [],
            "grant_types_supported": [],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
        }
