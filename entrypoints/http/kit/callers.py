"""Who is calling, whether they may, and whose data they may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web
from authlib.oauth2.rfc6750 import InvalidTokenError

from core.kernel.identity import OPERATOR, PRODUCT, USER, Caller
from core.kernel.trouble import NotFound
from entrypoints.http.kit.problem import HttpProblem

ANYBODY: tuple[str, ...] = ()
"""The operation needs no token."""

SCOPES = {
    USER: "a user, own data only",
    PRODUCT: "a product of the company",
    OPERATOR: "staff of the company",
}


class Tokens(Protocol):
    """Turns an access token into its caller. Raises authlib's `InvalidTokenError`, or `Unavailable`."""

    async def verify(self, token: str) -> Caller: ...


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose data this call may touch: one user's, or (`user_id` None) everybody's. Pass it into every query."""

    user_id: str | None

    def require(self, user_id: str) -> None:
        """Foreign data does not exist: 404, so that ids cannot be probed."""
        if self.user_id not in (None, user_id):
            raise NotFound

    def narrow(self, user_id: str | None) -> str | None:
        """The user to ask for: what was asked, or oneself; None is everybody. Asking for another is a 404."""
        if user_id is None:
            return self.user_id
        self.require(user_id)
        return user_id


async def authenticate(request: web.Request, tokens: Tokens) -> Caller:
    """The caller of exactly one bearer token. Raises 401 with a challenge (RFC 6750 §3)."""
    headers = request.headers.getall("Authorization", [])
    if not headers:
        raise unauthorized()
    scheme, _, token = headers[0].partition(" ")
    if len(headers) > 1 or scheme.lower() != "bearer":
        raise unauthorized("invalid_request")
    try:
        return await tokens.verify(token.strip())
    except InvalidTokenError as error:
        raise unauthorized("invalid_token") from error


def unauthorized(error: str | None = None) -> HttpProblem:
    challenge = 'Bearer realm="billow"' + (f', error="{error}"' if error else "")
    detail = "The access token is not valid here." if error else "An access token is needed."
    return HttpProblem(401, detail, headers={"WWW-Authenticate": challenge})


def authorize(caller: Caller, allowed: Sequence[str]) -> Owner:
    """The widest of the caller's scopes counts. Raises 403 where none of them is allowed."""
    held = [scope for scope in allowed if caller.may(scope)]
    if not held:
        scopes = " ".join(allowed)
        challenge = f'Bearer realm="billow", error="insufficient_scope", scope="{scopes}"'
        raise HttpProblem(403, f"One of these scopes is needed: {scopes}.", headers={"WWW-Authenticate": challenge})
    return Owner(caller.user_id if held == [USER] else None)
