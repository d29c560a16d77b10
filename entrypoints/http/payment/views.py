"""What is answered of cards and payments."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from core.kernel.outcomes import AttemptState, DeclineClass
from core.payment.cards import Card, User
from core.payment.model import Attempt, Origin, Payment, Refund
from core.payment.states import CardState, PaymentState
from entrypoints.http.kit import Amount, View


class CardView(View):
    """A saved card as its owner recognises it."""

    id: UUID
    gateway: str
    state: CardState
    default: bool
    brand: str | None
    last4: str | None
    expiry_year: int | None
    expiry_month: int | None
    reason: DeclineClass | None
    """Why it was refused."""
    asked_at: datetime

    @classmethod
    def of(cls, card: Card, user: User | None) -> "CardView":
        kept = card.stored
        return cls(
            id=card.id,
            gateway=card.gateway,
            state=card.state,
            default=user is not None and user.default_card_id == card.id,
            brand=kept.brand if kept else None,
            last4=kept.last4 if kept else None,
            expiry_year=kept.expiry.year if kept else None,
            expiry_month=kept.expiry.month if kept else None,
            reason=card.decline,
            asked_at=card.asked_at,
        )


class AttemptView(View):
    """One try. `detail` and `reference` are the provider's, and shown to staff alone."""

    number: int
    state: AttemptState
    origin: Origin
    gateway: str
    card: str
    card_id: UUID | None
    reason: DeclineClass | None
    started_at: datetime
    settled_at: datetime | None
    detail: str | None
    reference: str | None

    @classmethod
    def of(cls, attempt: Attempt, staff: bool) -> "AttemptView":
        return cls(
            number=attempt.number,
            state=attempt.state,
            origin=attempt.origin,
            gateway=attempt.gateway,
            card=attempt.card_label,
            card_id=attempt.card_id,
            reason=attempt.decline,
            started_at=attempt.started_at,
            settled_at=attempt.settled_at,
            detail=attempt.detail if staff else None,
            reference=attempt.reference if staff else None,
        )


class RefundView(View):
    """Money on its way back, back, or not given back. `detail` and `reference` are shown to staff alone."""

    number: int
    amount: Amount
    state: AttemptState
    reason: DeclineClass | None
    """Why it failed."""
    ordered_at: datetime
    refunded_at: datetime | None
    failed_at: datetime | None
    detail: str | None
    reference: str | None

    @classmethod
    def of(cls, refund: Refund, staff: bool) -> "RefundView":
        return cls(
            number=refund.number,
            amount=Amount.of(refund.amount),
            state=refund.state,
            reason=refund.reason,
            ordered_at=refund.ordered_at,
            refunded_at=refund.refunded_at,
            failed_at=refund.settled_at if refund.failed else None,
            detail=refund.detail if staff else None,
            reference=refund.reference if staff else None,
        )


class RepayView(View):
    """What is needed to pay a failed payment again: POST to `url`, with the id of one of the cards or none."""

    amount: Amount
    reason: DeclineClass | None
    card_id: UUID | None
    """The card that was tried last."""
    card_usable: bool
    """It can be charged, and trying it again may help."""
    cards: list[CardView]
    url: str

    @classmethod
    def of(cls, payment: Payment, cards: Sequence[CardView]) -> "RepayView":
        usable = [card for card in cards if card.state is CardState.ACTIVE]
        tried = max(payment.attempts, key=lambda attempt: attempt.number).card_id
        there = any(card.id == tried for card in usable)
        return cls(
            amount=Amount.of(payment.amount),
            reason=payment.decline,
            card_id=tried,
            card_usable=there and payment.decline is not None and not payment.decline.hard,
            cards=usable,
            url=f"/v1/payments/{payment.id}/repay",
        )


class PaymentView(View):
    """A payment request with all that came of it."""

    id: UUID
    source: str
    request_id: str
    user_id: str
    amount: Amount
    description: str
    period_start: date | None
    period_end: date | None
    requested_at: datetime
    state: PaymentState
    reason: DeclineClass | None
    """Why no money was taken, while none is."""
    paid_at: datetime | None
    retry_at: datetime | None
    """When it is tried again without anybody's doing."""
    attempts: list[AttemptView]
    refunds: list[RefundView]
    repay: RepayView | None
    """While it is failed."""

    @classmethod
    def of(cls, payment: Payment, *, staff: bool, cards: Sequence[CardView] = ()) -> "PaymentView":
        paid = payment.paid_by
        failed = payment.state is PaymentState.FAILED
        return cls(
            id=payment.id,
            source=payment.source,
            request_id=payment.request_id,
            user_id=payment.user_id,
            amount=Amount.of(payment.amount),
            description=payment.description,
            period_start=payment.period_start,
            period_end=payment.period_end,
            requested_at=payment.requested_at,
            state=payment.state,
            reason=payment.decline,
            paid_at=paid.settled_at if paid else None,
            retry_at=payment.retry_at,
            attempts=[AttemptView.of(attempt, staff) for attempt in payment.attempts],
            refunds=[RefundView.of(refund, staff) for refund in payment.refunds],
            repay=RepayView.of(payment, cards) if failed else None,
        )
