"""Topic Payment Response: what came of an attempt. Each message says enough to be understood alone, in any order."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

from core.contracts.message import Message
from core.kernel.ids import PaymentId, UserId
from core.kernel.money import Money
from core.kernel.outcomes import DeclineClass


@dataclass(frozen=True, slots=True)
class PaymentSucceeded(Message):
    """The money was taken by this attempt."""

    topic: ClassVar[str] = "billow.payment-responses"
    kind: ClassVar[str] = "payment.succeeded.v1"

    payment_id: PaymentId
    attempt_no: int
    user_id: UserId
    amount: Money
    description: str
    gateway: str
    provider_reference: str
    card_label: str
    occurred_at: datetime
    source: str
    request_id: str
    period_start: date | None = None
    period_end: date | None = None

    @property
    def subject(self) -> str:
        return str(self.payment_id)


@dataclass(frozen=True, slots=True)
class PaymentFailed(Message):
    """This attempt took no money. Attempt 0 means that no gateway could be asked: no card, unknown user, currency."""

    topic: ClassVar[str] = "billow.payment-responses"
    kind: ClassVar[str] = "payment.failed.v1"

    payment_id: PaymentId
    attempt_no: int
    user_id: UserId
    amount: Money
    description: str
    decline: DeclineClass
    occurred_at: datetime
    source: str
    request_id: str
    gateway: str = ""
    card_label: str = ""
    detail: str = ""
    """The provider's own code, for staff."""
    period_start: date | None = None
    period_end: date | None = None

    @property
    def subject(self) -> str:
        return str(self.payment_id)


@dataclass(frozen=True, slots=True)
class PaymentUnresolved(Message):
    """This attempt may or may not have taken money. It blocks nobody and nothing is retried until it is known."""

    topic: ClassVar[str] = "billow.payment-responses"
    kind: ClassVar[str] = "payment.unresolved.v1"

    payment_id: PaymentId
    attempt_no: int
    user_id: UserId
    state: Literal["pending", "unknown", "manual_review"]
    detail: str
    occurred_at: datetime

    @property
    def subject(self) -> str:
        return str(self.payment_id)


@dataclass(frozen=True, slots=True)
class PaymentRefunded(Message):
    """Money was given back: `amount` is that of this refund alone."""

    topic: ClassVar[str] = "billow.payment-responses"
    kind: ClassVar[str] = "payment.refunded.v1"

    payment_id: PaymentId
    attempt_no: int
    refund_no: int
    user_id: UserId
    amount: Money
    gateway: str
    provider_reference: str
    occurred_at: datetime

    @property
    def subject(self) -> str:
        return str(self.payment_id)


@dataclass(frozen=True, slots=True)
class RefundFailed(Message):
    """No money was given back by this refund, and none will be: `amount` may be given back by another one."""

    topic: ClassVar[str] = "billow.payment-responses"
    kind: ClassVar[str] = "refund.failed.v1"

    payment_id: PaymentId
    attempt_no: int
    refund_no: int
    user_id: UserId
    amount: Money
    gateway: str
    reason: DeclineClass
    detail: str
    """The provider's own code, for staff."""
    occurred_at: datetime

    @property
    def subject(self) -> str:
        return str(self.payment_id)


@dataclass(frozen=True, slots=True)
class RefundUnresolved(Message):
    """This refund may or may not have given money back. Its amount stays reserved until it is known."""

    topic: ClassVar[str] = "billow.payment-responses"
    kind: ClassVar[str] = "refund.unresolved.v1"

    payment_id: PaymentId
    attempt_no: int
    refund_no: int
    user_id: UserId
    amount: Money
    gateway: str
    state: Literal["pending", "unknown", "manual_review"]
    detail: str
    occurred_at: datetime

    @property
    def subject(self) -> str:
        return str(self.payment_id)
