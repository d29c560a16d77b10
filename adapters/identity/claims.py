"""Which claims make a caller."""

import re
from typing import Any

from joserfc.errors import InvalidClaimError
from joserfc.jwt import ClaimsOption, JWTClaimsRegistry

from core.kernel.clock import Clock
from core.kernel.identity import Caller

LEEWAY_SECONDS = 30
MAX_NAME = 255

_NAME = re.compile(rf"[^\x00-\x1f\x7f\ud800-\udfff]{{1,{MAX_NAME}}}")


def access_claims(clock: Clock, issuer: str, audience: str, *others: str) -> JWTClaimsRegistry:
    """Issuer, audience, an expiry to come and a subject; `others` must be there as well."""
    essential: dict[str, ClaimsOption] = {name: {"essential": True} for name in ("exp", "sub", "client_id", *others)}
    return JWTClaimsRegistry(
        now=lambda: int(clock.now().timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": audience},
        **essential,
    )


def caller_of(claims: dict[str, Any]) -> Caller:
    """The caller in claims that were validated before. Raises `InvalidClaimError` for what is no name or scope."""
    scope = claims.get("scope", "")
    if not isinstance(scope, str):
        raise InvalidClaimError("scope")
    return Caller(_name(claims, "sub"), _name(claims, "client_id"), frozenset(scope.split()))


def _name(claims: dict[str, Any], claim: str) -> str:
    value = claims[claim]
    if not (isinstance(value, str) and _NAME.fullmatch(value)):
        raise InvalidClaimError(claim)
    return value
