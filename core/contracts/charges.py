"""Topics Payment Gateway A, B, …: orders to one gateway."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from core.contracts.message import Message
from core.contracts.words import CardLabel, Description, GatewayName, Ordinal, Price, RequestId, Source, Token
from core.kernel.ids import PaymentId, UserId


@dataclass(frozen=True, slots=True)
class ChargeOrdered(Message):
    """Charge this card. (payment_id, attempt_no) is the provider's idempotency key, and is charged at most once."""

    topic: ClassVar[str] = "billow.gateway.{gateway}.charges"
    kind: ClassVar[str] = "charge.ordered.v1"

    gateway: GatewayName
    payment_id: PaymentId
    attempt_no: Ordinal
    user_id: UserId
    amount: Price
    description: Description
    card_token: Token
    """The provider's own token of the card; never a number."""
    card_label: CardLabel
    """How the user recognises the card: brand and last four digits."""
    ordered_at: datetime
    source: Source
    request_id: RequestId
    period_start: date | None = None
    period_end: date | None = None

    @property
    def subject(self) -> str:
        return str(self.payment_id)


@dataclass(frozen=True, slots=True)
class RefundOrdered(Message):
    """Give back part or all of a captured charge. `refund_no` counts the refunds of the payment from 1."""

    topic: ClassVar[str] = "billow.gateway.{gateway}.charges"
    kind: ClassVar[str] = "refund.ordered.v1"

    gateway: GatewayName
    payment_id: PaymentId
    attempt_no: Ordinal
    refund_no: Ordinal
    user_id: UserId
    amount: Price
    ordered_at: datetime

    @property
    def subject(self) -> str:
        return str(self.payment_id)
