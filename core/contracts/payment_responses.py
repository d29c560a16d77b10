"""Topic Payment Response: what came of an attempt. Each message says enough to be understood alone, in any order."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

from core.contracts.message import Message
from core.contracts.words import (
    AttemptNo,
    CardLabel,
    Description,
    Detail,
    GatewayName,
    MaybeGateway,
    Ordinal,
    Price,
    Reference,
    RequestId,
    Source,
)
from core.kernel.ids import PaymentId, UserId
from core.kernel.outcomes import DeclineClass


@dataclass(frozen=True, slots=True)
class PaymentSucceeded(Message):
    """The money was taken by this attempt."""

    topic: ClassVar[str] = "billow.payment-responses"
    kind: ClassVar[str] = "payment.succeeded.v1"

    payment_id: PaymentId
    attempt_no: Ordinal
    user_id: UserId
    amount: Price
    description: Description
    gateway: GatewayName
    provider_reference: Reference
    card_label: CardLabel
    occurred_at: datetime
    source: Source
    request_id: RequestId
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
    attempt_no: AttemptNo
    user_id: UserId
    amount: Price
    description: Description
    decline: DeclineClass
    occurred_at: datetime
    source: Source
    request_id: RequestId
    gateway: MaybeGateway = ""
    card_label: CardLabel = ""
    detail: Detail = ""
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
    attempt_no: Ordinal
    user_id: UserId
    state: Literal["pending", "unknown", "manual_review"]
    detail: Detail
    occurred_at: datetime

    @property
    def subject(self) -> str:
        return str(self.payment_id)


@dataclass(frozen=True, slots=True)
class PaymentWrittenOff(Message):
    """Staff gave up on this payment: it is owed no longer, and no attempt follows."""

    topic: ClassVar[str] = "billow.payment-responses"
    kind: ClassVar[str] = "payment.written-off.v1"

    payment_id: PaymentId
    attempt_no: AttemptNo
    """The last attempt, which failed."""
    user_id: UserId
    amount: Price
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
    attempt_no: Ordinal
    refund_no: Ordinal
    user_id: UserId
    amount: Price
    gateway: GatewayName
    provider_reference: Reference
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
    attempt_no: Ordinal
    refund_no: Ordinal
    user_id: UserId
    amount: Price
    gateway: GatewayName
    reason: DeclineClass
    detail: Detail
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
    attempt_no: Ordinal
    refund_no: Ordinal
    user_id: UserId
    amount: Price
    gateway: GatewayName
    state: Literal["pending", "unknown", "manual_review"]
    detail: Detail
    occurred_at: datetime

    @property
    def subject(self) -> str:
        return str(self.payment_id)
