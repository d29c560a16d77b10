"""Billow's client for the sandbox: the `Provider` port over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from adapters.providers.exchange import Exchange, Patience, Reply
from adapters.providers.sandbox import answers
from core.gateway.ports import (
    Accepted,
    CardDeclined,
    ChargeOutcome,
    LedgerEntry,
    NotAttempted,
    Order,
    RefundOrder,
    StatusOutcome,
    Unknown,
)
from core.kernel.cards import BrowserToken, CardEntry
from core.kernel.money import Money
from core.kernel.secret import Secret
from core.kernel.trouble import Unavailable

LONGEST_DESCRIPTION = 255
"""What the sandbox takes. A longer one is cut the same way each time, so that a repeated order is the same order."""


@dataclass(frozen=True, slots=True)
class SandboxAccess:
    """Where the sandbox is and which account is ours."""

    base_url: str
    api_key: Secret[str]
    patience: Patience = field(default_factory=Patience)


class SandboxProvider:
    """One account at the sandbox."""

    def __init__(self, access: SandboxAccess) -> None:
        self._exchange = Exchange(access.base_url, access.api_key, access.patience)

    async def validate(
        self, key: str, card: CardEntry | BrowserToken
    ) -> Accepted | CardDeclined | NotAttempted | Unknown:
        reply = await self._exchange.post("/v1/cards", _shown(card), _named(key))
        return answers.read_card(reply) if isinstance(reply, Reply) else reply

    async def charge(self, order: Order) -> ChargeOutcome:
        shown = order.description[:LONGEST_DESCRIPTION]
        body = {"token": order.token, "description": shown, **_money(order.amount)}
        reply = await self._exchange.post("/v1/charges", body, _named(order.key))
        return answers.read_order(reply, order.amount) if isinstance(reply, Reply) else reply

    async def charge_status(self, order: Order) -> StatusOutcome:
        reply = await self._exchange.get("/v1/charges", {"key": order.key})
        return answers.read_status(reply, order.amount) if isinstance(reply, Reply) else reply

    async def refund(self, refund: RefundOrder) -> ChargeOutcome:
        body = {"charge_key": refund.charge_key, **_money(refund.amount)}
        reply = await self._exchange.post("/v1/refunds", body, _named(refund.key))
        return answers.read_order(reply, refund.amount) if isinstance(reply, Reply) else reply

    async def ledger(self) -> list[LedgerEntry]:
        entries: list[LedgerEntry] = []
        after = 0
        while page := await self._page(after):
            entries += [entry for _, entry in page]
            after = page[-1][0]
        return entries

    async def check(self) -> None:
        reply = await self._exchange.get("/v1/account", {})
        if not isinstance(reply, Reply):
            raise Unavailable(f"the sandbox is away: {reply.detail}")
        if reply.status != 200:
            raise Unavailable(f"the sandbox answers {reply.status}")

    async def close(self) -> None:
        """Let go of the connections."""
        await self._exchange.close()

    async def _page(self, after: int) -> list[tuple[int, LedgerEntry]]:
        reply = await self._exchange.get("/v1/ledger", {"after": str(after)})
        page = answers.read_entries(reply) if isinstance(reply, Reply) else None
        if page is None:
            raise Unavailable("the sandbox does not show its ledger")
        return page


def _named(key: str) -> Mapping[str, str]:
    # Percent-encoded, since a key is made of a product's own ids and a header takes only ASCII.
    return {"Idempotency-Key": quote(key, safe=":/")}


def _shown(card: CardEntry | BrowserToken) -> Mapping[str, Any]:
    if isinstance(card, BrowserToken):
        return {"browser_token": card.token.reveal()}
    expiry = {"year": card.expiry.year, "month": card.expiry.month}
    return {"number": card.number.reveal(), "cvc": card.cvc.reveal(), "expiry": expiry}


def _money(amount: Money) -> dict[str, int | str]:
    return {"amount": amount.minor, "currency": amount.currency}
