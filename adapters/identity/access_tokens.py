"""RFC 9068 access tokens: signed by our issuer, for us, now."""

from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidHeaderValueError, InvalidKeyIdError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

from adapters.identity.claims import access_claims, caller_of
from adapters.identity.form import check_form, refuse
from adapters.identity.jwks import JwksCache
from core.kernel.clock import Clock
from core.kernel.identity import Caller
from core.kernel.trouble import Unavailable

ALGORITHMS = ("RS256", "ES256", "PS256")

_TYPES = ("at+jwt", "application/at+jwt")
_HEADERS = {"alg", "kid", "typ", "cty", "x5t", "x5t#S256"}
"""No keys of the token's own (jwk, jku, x5c, x5u) and nothing critical (crit)."""


class JwtAccessTokens:
    """Verifies a token with the issuer's cached keys. `clock` tells the real time, also where a demo has its own."""

    def __init__(
        self,
        keys: JwksCache,
        *,
        issuer: str,
        audience: str,
        clock: Clock,
        algorithms: tuple[str, ...] = ALGORITHMS,
    ) -> None:
        if not algorithms or set(algorithms) - set(ALGORITHMS):
            raise ValueError(f"algorithms are among {', '.join(ALGORITHMS)}")
        self._keys, self._algorithms = keys, algorithms
        self._claims = access_claims(clock, issuer, audience, "iat", "jti")

    async def verify(self, token: str) -> Caller:
        """Raises `InvalidTokenError`, or `Unavailable` while the issuer's keys are away."""
        check_form(token)
        try:
            _check_header(extract_compact(token.encode()).headers())
            claims = await self._signed_claims(token)
            self._claims.validate(claims)
            return caller_of(claims)
        except Unavailable:
            raise
        except Exception as error:
            # Whatever the library stumbles over in a stranger's token, it is no token.
            refuse(type(error).__name__)

    async def _signed_claims(self, token: str) -> dict[str, Any]:
        try:
            return self._decode(token, await self._keys.keys())
        except InvalidKeyIdError:
            return self._decode(token, await self._keys.keys_for_unknown_id())

    def _decode(self, token: str, keys: KeySet) -> dict[str, Any]:
        return jwt.decode(token, keys, algorithms=self._algorithms).claims


def _check_header(header: dict[str, Any]) -> None:
    """What the library leaves to us; before any key is looked for."""
    if not header.keys() <= _HEADERS or not header["kid"] or str(header["typ"]).lower() not in _TYPES:
        raise InvalidHeaderValueError
