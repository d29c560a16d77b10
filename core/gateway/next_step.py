"""What an answer of the provider makes of a charge, and what has to be told."""

from dataclasses import replace
from datetime import datetime
from typing import Literal

from core.contracts.message import Message
from core.contracts.payment_responses import PaymentFailed, PaymentSucceeded, PaymentUnresolved
from core.gateway.advance import advance
from core.gateway.model import Charge, JournalState, Progress
from core.gateway.policy import ProviderPolicy
from core.gateway.ports import StatusOutcome
from core.kernel.outcomes import DeclineClass

S = JournalState
Unresolved = Literal["pending", "unknown", "manual_review"]


def next_step(
    charge: Charge, outcome: StatusOutcome, now: datetime, policy: ProviderPolicy
) -> tuple[Charge, Message | None]:
    """The charge after this answer, and the message for the state it entered, if any."""
    return moved_on(charge, advance(charge.progress, outcome, now, policy), now)


def moved_on(charge: Charge, progress: Progress, now: datetime) -> tuple[Charge, Message | None]:
    """A message for each state that is entered, none for staying in it."""
    after = replace(charge, progress=progress)
    return after, None if progress.state is charge.progress.state else _told(after, now)


def _told(charge: Charge, now: datetime) -> Message | None:
    match charge.progress.state:
        case S.ORDERED | S.SUBMITTING:
            return None
        case S.SUCCEEDED:
            return _succeeded(charge, now)
        case S.DECLINED:
            return _failed(charge, charge.progress.decline or DeclineClass.DO_NOT_HONOR, now)
        case S.NOT_ATTEMPTED:
            return _failed(charge, DeclineClass.NOT_ATTEMPTED, now)
        case S.PENDING:
            return _unresolved(charge, "pending", now)
        case S.UNKNOWN:
            return _unresolved(charge, "unknown", now)
        case S.MANUAL_REVIEW:
            return _unresolved(charge, "manual_review", now)


def _succeeded(charge: Charge, now: datetime) -> PaymentSucceeded:
    return PaymentSucceeded(
        payment_id=charge.key.payment_id,
        attempt_no=charge.key.attempt_no,
        user_id=charge.user_id,
        amount=charge.amount,
        description=charge.description,
        gateway=charge.gateway,
        provider_reference=charge.progress.reference,
        card_label=charge.card_label,
        occurred_at=now,
        source=charge.source,
        request_id=charge.request_id,
        period_start=charge.period_start,
        period_end=charge.period_end,
    )


def _failed(charge: Charge, decline: DeclineClass, now: datetime) -> PaymentFailed:
    return PaymentFailed(
        payment_id=charge.key.payment_id,
        attempt_no=charge.key.attempt_no,
        user_id=charge.user_id,
        amount=charge.amount,
        description=charge.description,
        decline=decline,
        occurred_at=now,
        source=charge.source,
        request_id=charge.request_id,
        gateway=charge.gateway,
        card_label=charge.card_label,
        detail=charge.progress.detail,
        period_start=charge.period_start,
        period_end=charge.period_end,
    )


def _unresolved(charge: Charge, state: Unresolved, now: datetime) -> PaymentUnresolved:
    return PaymentUnresolved(
        payment_id=charge.key.payment_id,
        attempt_no=charge.key.attempt_no,
        user_id=charge.user_id,
        state=state,
        detail=charge.progress.detail,
        occurred_at=now,
    )
