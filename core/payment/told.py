"""What messages tell of a payment, in payment's own words."""

from dataclasses import replace

from core.contracts.payment_requests import PaymentRequested
from core.contracts.payment_responses import (
    PaymentFailed,
    PaymentRefunded,
    PaymentSucceeded,
    PaymentUnresolved,
    RefundFailed,
    RefundUnresolved,
)
from core.kernel.outcomes import AttemptState, DeclineClass
from core.payment.model import Attempt, Payment, Refund
from core.payment.ports import PaymentTx


def payment_told(message: PaymentRequested | PaymentSucceeded | PaymentFailed) -> Payment:
    """The payment without any attempt."""
    at = message.requested_at if isinstance(message, PaymentRequested) else message.occurred_at
    return Payment(
        id=message.payment_id,
        source=message.source,
        request_id=message.request_id,
        user_id=message.user_id,
        amount=message.amount,
        description=message.description,
        requested_at=at,
        period_start=message.period_start,
        period_end=message.period_end,
    )


async def known_or_told(message: PaymentRequested | PaymentSucceeded | PaymentFailed, tx: PaymentTx) -> Payment:
    """The payment as known, or as the message tells it when it comes first."""
    told = payment_told(message)
    known = await tx.payments.find(message.payment_id)
    return known.asked(told) if known else told


def success_told(message: PaymentSucceeded) -> Attempt:
    return Attempt(
        message.attempt_no,
        AttemptState.SUCCEEDED,
        started_at=message.occurred_at,
        gateway=message.gateway,
        card_label=message.card_label,
        reference=message.provider_reference,
        settled_at=message.occurred_at,
    )


def failure_told(message: PaymentFailed) -> Attempt:
    """No provider was asked by attempt 0, nor by one that no provider was reached for."""
    asked = message.attempt_no > 0 and message.decline is not DeclineClass.NOT_ATTEMPTED
    return Attempt(
        message.attempt_no,
        AttemptState.DECLINED if asked else AttemptState.NOT_ATTEMPTED,
        started_at=message.occurred_at,
        gateway=message.gateway,
        card_label=message.card_label,
        decline=message.decline,
        detail=message.detail,
        settled_at=message.occurred_at,
    )


def unresolved_told(message: PaymentUnresolved) -> Attempt:
    return Attempt(
        message.attempt_no, AttemptState(message.state), started_at=message.occurred_at, detail=message.detail
    )


def capture_implied(message: PaymentRefunded | RefundFailed | RefundUnresolved) -> Attempt:
    """A refund is ordered only of money that was taken."""
    at = message.occurred_at
    return Attempt(message.attempt_no, AttemptState.SUCCEEDED, started_at=at, gateway=message.gateway, settled_at=at)


def refund_told(message: PaymentRefunded) -> Refund:
    reference, at = message.provider_reference, message.occurred_at
    return replace(_refund(message, AttemptState.SUCCEEDED), reference=reference, settled_at=at)


def refund_failure_told(message: RefundFailed) -> Refund:
    asked = message.reason is not DeclineClass.NOT_ATTEMPTED
    failed = _refund(message, AttemptState.DECLINED if asked else AttemptState.NOT_ATTEMPTED)
    return replace(failed, reason=message.reason, detail=message.detail, settled_at=message.occurred_at)


def refund_doubt_told(message: RefundUnresolved) -> Refund:
    return replace(_refund(message, AttemptState(message.state)), detail=message.detail)


def _refund(message: PaymentRefunded | RefundFailed | RefundUnresolved, state: AttemptState) -> Refund:
    return Refund(message.refund_no, message.attempt_no, message.amount, message.occurred_at, state)
