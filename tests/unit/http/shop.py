"""A role written with the kit as roles are, over dictionaries."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Literal, NamedTuple
from uuid import UUID

from authlib.oauth2.rfc6750 import InvalidTokenError
from pydantic import Field, SecretStr

from core.kernel.money import Money
from core.kernel.trouble import Conflict, Refused, Unavailable
from entrypoints.http.kit import (
    ANYBODY,
    OPERATOR,
    PRODUCT,
    USER,
    Amount,
    Api,
    Ask,
    Caller,
    CorrelationId,
    Header,
    HttpProblem,
    Listing,
    Once,
    Owner,
    Page,
    Redirect,
    View,
    found,
    listing,
)


@dataclass(frozen=True)
class Payment:
    number: int
    id: UUID
    user_id: str


class PaymentKey(NamedTuple):
    number: int
    id: UUID


class PaymentView(View):
    """One payment."""

    id: UUID
    user_id: str
    amount: Amount


class Repay(Ask):
    card_id: UUID | None = None
    mode: Literal["normal", "conflict", "refused", "away", "crash"] = "normal"
    number: SecretStr | None = None


class Started(View):
    message: str = "Payment started."


class Echo(Ask):
    text: str = Field(max_length=100)
    amount: Amount | None = None


class EchoView(View):
    text: str
    caller: str
    correlation_id: str
    if_match: str | None


@dataclass
class KeptRow:
    fingerprint: str
    status: int | None = None
    body: str = ""


@dataclass
class ShopTx:
    """Both the transaction and its keys; nothing is kept unless the block ends well."""

    shop: "Shop"
    rows: dict[str, KeptRow] = field(default_factory=dict)
    work: list[UUID] = field(default_factory=list)

    @property
    def idempotency(self) -> "ShopTx":
        return self

    async def claim(self, scope: str, fingerprint: str) -> KeptRow | None:
        if scope in self.shop.keys:
            return self.shop.keys[scope]
        if scope in self.shop.held:
            return KeptRow(fingerprint)
        self.shop.held.add(scope)
        self.rows[scope] = KeptRow(fingerprint)
        return None

    async def store(self, scope: str, status: int, body: str) -> None:
        self.rows[scope].status, self.rows[scope].body = status, body


@dataclass
class Shop:
    payments: list[Payment] = field(default_factory=list)
    repaid: list[UUID] = field(default_factory=list)
    keys: dict[str, KeptRow] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)

    @asynccontextmanager
    async def uow(self) -> AsyncIterator[ShopTx]:
        tx = ShopTx(self)
        try:
            yield tx
            self.keys.update(tx.rows)
            self.repaid.extend(tx.work)
        finally:
            self.held.difference_update(tx.rows)

    def of(self, user_id: str | None, after: PaymentKey | None, most: int) -> list[Payment]:
        later = [row for row in self.payments if after is None or (row.number, row.id) > after]
        return [row for row in later if user_id in (None, row.user_id)][:most]


def view(row: Payment) -> PaymentView:
    return PaymentView(id=row.id, user_id=row.user_id, amount=Amount.of(Money(999, "EUR")))


def shop_routes(shop: Shop) -> Api:
    api = Api("shop")
    _payments(api, shop)
    _oddities(api)
    return api


def _payments(api: Api, shop: Shop) -> None:
    @api.get("/v1/payments", callers=(USER, OPERATOR))
    async def list_payments(page: Page, owner: Owner, user_id: str | None = None) -> Listing[PaymentView]:
        """Payments, oldest first."""
        rows = shop.of(owner.narrow(user_id), page.after(PaymentKey), page.fetch)
        return listing(rows, page, key=lambda row: PaymentKey(row.number, row.id), view=view)

    @api.get("/v1/payments/{payment_id}", callers=(USER, PRODUCT, OPERATOR))
    async def read_payment(payment_id: UUID, owner: Owner) -> PaymentView:
        """One payment."""
        row = found(next((row for row in shop.payments if row.id == payment_id), None))
        owner.require(row.user_id)
        return view(row)

    @api.post("/v1/payments/{payment_id}/repay", status=202, callers=(USER, OPERATOR), money=True)
    async def repay(payment_id: UUID, body: Repay, owner: Owner, once: Once) -> Started:
        """Pay again."""

        async def work(tx: ShopTx) -> Started:
            row = found(next((row for row in shop.payments if row.id == payment_id), None))
            owner.require(row.user_id)
            tx.work.append(payment_id)
            trouble = {"conflict": Conflict("one is live"), "refused": Refused("no"), "away": Unavailable("bus")}
            if body.mode in trouble:
                raise trouble[body.mode]
            if body.mode == "crash":
                raise RuntimeError("4242424242424242 in a trace")
            return Started()

        return await once(shop.uow, work)

    @api.delete("/v1/payments/{payment_id}", callers=(OPERATOR,))
    async def forget(payment_id: UUID) -> None:
        """Forget a payment."""
        shop.payments[:] = [row for row in shop.payments if row.id != payment_id]


def _oddities(api: Api) -> None:
    @api.post("/v1/echo", callers=(USER,))
    async def echo(
        body: Echo,
        caller: Caller,
        correlation_id: CorrelationId,
        if_match: Annotated[str | None, Header("If-Match")] = None,
    ) -> EchoView:
        """What was said."""
        return EchoView(text=body.text, caller=caller.user_id, correlation_id=correlation_id, if_match=if_match)

    @api.get("/v1/file", callers=ANYBODY)
    async def file() -> Redirect:
        """Where the file is."""
        return Redirect("https://files.example/signed")

    @api.get("/v1/trouble/{kind}", callers=ANYBODY)
    async def trouble(kind: Literal["crash", "teapot", "away"]) -> None:
        """Fail on purpose."""
        match kind:
            case "crash":
                raise RuntimeError("secret-of-the-trace")
            case "teapot":
                raise HttpProblem(418, "short and stout", kind="tea-pot", spout=True)
            case "away":
                raise Unavailable("amqp://guest:guest@broker")


class NamedTokens:
    """`ann:billing+billing.operator` is a token of user ann with these two scopes."""

    async def verify(self, token: str) -> Caller:
        user_id, _, scopes = token.partition(":")
        if not scopes:
            raise InvalidTokenError
        return Caller(user_id, "client", frozenset(scopes.split("+")))
