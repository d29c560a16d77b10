"""Topic Payment Requests: "charge user X for Z"."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from core.contracts.message import Message
from core.contracts.words import Description, Price, RequestId, Source
from core.kernel.ids import PaymentId, UserId, payment_id


@dataclass(frozen=True, slots=True)
class PaymentRequested(Message):
    """Somebody asks that a user be charged, once: repeating (source, request_id) asks for nothing more."""

    topic: ClassVar[str] = "billow.payment-requests"
    kind: ClassVar[str] = "payment.requested.v1"

    source: Source
    """Who asks: "subscription", "product/<name>" or "api/<client id>"."""
    request_id: RequestId
    """The asker's own id of this request, unique for the source for ever."""
    user_id: UserId
    amount: Price
    description: Description
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
