"""Who is calling, as an access token says it."""

from dataclasses import dataclass

USER = "billing"
PRODUCT = "billing.products"
OPERATOR = "billing.operator"


@dataclass(frozen=True, slots=True)
class Caller:
    """The subject, client and scopes of a verified access token (RFC 9068 `sub`, `client_id`, `scope`)."""

    user_id: str
    client_id: str
    scopes: frozenset[str]

    def may(self, scope: str) -> bool:
        return scope in self.scopes
