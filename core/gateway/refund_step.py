"""What is told of a refund when its progress enters another state."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from core.contracts.message import Message
from core.contracts.payment_responses import PaymentRefunded, RefundFailed, RefundUnresolved
from core.gateway.model import JournalState, Progress, Refund
from core.kernel.outcomes import DeclineClass

S = JournalState
Unresolved = Literal["pending", "unknown", "manual_review"]


def refund_moved_on(refund: Refund, progress: Progress, now: datetime) -> tuple[Refund, Message | None]:
    """A message for each state that is entered, none for staying in it."""
    after = replace(refund, progress=progress)
    return after, None if progress.state is refund.progress.state else _told(after, now)


def _told(refund: Refund, now: datetime) -> Message | None:
    match refund.progress.state:
        case S.ORDERED | S.SUBMITTING:
            return None
        case S.SUCCEEDED:
            return PaymentRefunded(**_common(refund, now), provider_reference=refund.progress.reference)
        case S.DECLINED:
            return _failed(refund, refund.progress.decline or DeclineClass.PROVIDER_REFUSED, now)
        case S.NOT_ATTEMPTED:
            return _failed(refund, DeclineClass.NOT_ATTEMPTED, now)
        case S.PENDING:
            return _unresolved(refund, "pending", now)
        case S.UNKNOWN:
            return _unresolved(refund, "unknown", now)
        case S.MANUAL_REVIEW:
            return _unresolved(refund, "manual_review", now)


def _failed(refund: Refund, reason: DeclineClass, now: datetime) -> RefundFailed:
    return RefundFailed(**_common(refund, now), reason=reason, detail=refund.progress.detail)


def _unresolved(refund: Refund, state: Unresolved, now: datetime) -> RefundUnresolved:
    return RefundUnresolved(**_common(refund, now), state=state, detail=refund.progress.detail)


def _common(refund: Refund, now: datetime) -> dict[str, Any]:
    return {
        "payment_id": refund.key.payment_id,
        "attempt_no": refund.attempt_no,
        "refund_no": refund.key.refund_no,
        "user_id": refund.user_id,
        "amount": refund.amount,
        "gateway": refund.gateway,
        "occurred_at": now,
    }
