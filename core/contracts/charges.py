"""Topics Payment Gateway A, B, …: orders to one gateway."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from core.contracts.message import Message
from core.kernel.ids import PaymentId, UserId
from core.kernel.money import Money


@dataclass(frozen=True, slots=True)
class ChargeOrdered(Message):
    """Charge this card. (payment_id, attempt_no) is the provider's idempotency key, and is charged at most once."""

    topic: ClassVar[str] = "billow.gateway.{gateway}.charges"
    kind: ClassVar[str] = "charge.ordered.v1"

    gateway: str
    payment_id: PaymentId
    attempt_no: int
    user_id: UserId
    amount: Money
    description: str
    card_token: str
    """The provider's own token of the card; never a number."""
    card_label: str
    """How the user recognises the card: brand and last four digits."""
    ordered_at: datetime
    source: str
    request_id: str
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

    gateway: str
    payment_id: PaymentId
    attempt_no: int
    refund_no: int
    user_id: UserId
    amount: Money
    ordered_at: datetime

    @property
    def subject(self) -> str:
        return str(self.payment_id)
