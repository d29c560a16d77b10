"""RFC 7662: asking the issuer about each token, for issuers whose tokens are opaque or must be revocable at once."""

import asyncio
from typing import Any

from aiohttp import ClientError, ClientSession, encode_basic_auth
from joserfc.errors import ClaimError

from adapters.identity.answers import read_small_json
from adapters.identity.claims import access_claims, caller_of
from adapters.identity.form import check_form, refuse
from core.kernel.clock import Clock
from core.kernel.identity import Caller
from core.kernel.secret import Secret
from core.kernel.trouble import Unavailable

ASK_SECONDS = 3.0


class IntrospectedTokens:
    """Verifies a token by asking the issuer; nothing is remembered, so a revoked token ends with its revocation."""

    def __init__(
        self,
        http: ClientSession,
        *,
        url: str,
        client_id: str,
        client_secret: Secret[str],
        issuer: str,
        audience: str,
        clock: Clock,
    ) -> None:
        self._http, self._url, self._issuer = http, url, issuer
        self._client_id, self._client_secret = client_id, client_secret
        self._claims = access_claims(clock, issuer, audience)

    async def verify(self, token: str) -> Caller:
        """Raises `InvalidTokenError`, or `Unavailable` when the issuer does not answer within 3 s."""
        check_form(token)
        answer = await self._ask(token)
        if answer.get("active") is not True:
            refuse("inactive")
        try:
            # Only our issuer can have answered here, and RFC 7662 lets it leave its name out.
            self._claims.validate({"iss": self._issuer, **answer})
            return caller_of(answer)
        except ClaimError as error:
            refuse(type(error).__name__)

    async def _ask(self, token: str) -> dict[str, Any]:
        try:
            async with asyncio.timeout(ASK_SECONDS):
                return await self._post(token)
        except (ClientError, TimeoutError, ValueError) as error:
            raise Unavailable("the issuer does not answer") from error

    async def _post(self, token: str) -> dict[str, Any]:
        form = {"token": token, "token_type_hint": "access_token"}
        headers = {"Authorization": encode_basic_auth(self._client_id, self._client_secret.reveal())}
        async with self._http.post(self._url, data=form, headers=headers, allow_redirects=False) as answer:
            return await read_small_json(answer)
