"""Topic Payment Requests: "charge user X for Z"."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from core.contracts.message import Message
from core.kernel.ids import PaymentId, UserId, payment_id
from core.kernel.money import Money


@dataclass(frozen=True, slots=True)
class PaymentRequested(Message):
    """Somebody asks that a user be charged, once: repeating (source, request_id) asks for nothing more."""

    topic: ClassVar[str] = "billow.payment-requests"
    kind: ClassVar[str] = "payment.requested.v1"

    source: str
    """Who asks: "subscription", "product/<name>" or "api/<client id>". 1 to 100 characters."""
    request_id: str
    """The asker's own id of this request, unique for the source for ever. 1 to 255 characters."""
    user_id: UserId
    amount: Money
    description: str
    """What the user pays for, as it stands on the invoice line."""
    requested_at: datetime
    period_start: date | None = None
    period_end: date | None = None

    @property
    def payment_id(self) -> PaymentId:
        return payment_id(self.source, self.request_id)

    @property
    def subject(self) -> str:
        return str(self.payment_id)
