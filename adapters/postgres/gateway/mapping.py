"""Rows of a gateway and what they stand for."""

from dataclasses import asdict
from typing import Any

from adapters.postgres.gateway.rows import ChargeRow, ProgressRow, RefundRow
from core.gateway.model import Charge, ChargeKey, JournalState, Progress, Refund, RefundKey
from core.kernel.ids import PaymentId, UserId
from core.kernel.money import Money
from core.kernel.outcomes import DeclineClass


def charge_row(charge: Charge) -> ChargeRow:
    return ChargeRow(
        key=str(charge.key),
        payment_id=charge.key.payment_id,
        attempt_no=charge.key.attempt_no,
        gateway=charge.gateway,
        user_id=charge.user_id,
        amount_minor=charge.amount.minor,
        currency=charge.amount.currency,
        description=charge.description,
        card_token=charge.card_token,
        card_label=charge.card_label,
        ordered_at=charge.ordered_at,
        source=charge.source,
        request_id=charge.request_id,
        period_start=charge.period_start,
        period_end=charge.period_end,
        correlation_id=charge.correlation_id,
        **_progress_columns(charge.progress),
    )


def charge(row: ChargeRow) -> Charge:
    return Charge(
        key=ChargeKey(PaymentId(row.payment_id), row.attempt_no),
        gateway=row.gateway,
        user_id=UserId(row.user_id),
        amount=Money(row.amount_minor, row.currency),
        description=row.description,
        card_token=row.card_token,
        card_label=row.card_label,
        ordered_at=row.ordered_at,
        source=row.source,
        request_id=row.request_id,
        period_start=row.period_start,
        period_end=row.period_end,
        correlation_id=row.correlation_id,
        progress=_progress(row),
    )


def refund_row(refund: Refund) -> RefundRow:
    return RefundRow(
        key=str(refund.key),
        payment_id=refund.key.payment_id,
        refund_no=refund.key.refund_no,
        attempt_no=refund.attempt_no,
        gateway=refund.gateway,
        user_id=refund.user_id,
        amount_minor=refund.amount.minor,
        currency=refund.amount.currency,
        ordered_at=refund.ordered_at,
        correlation_id=refund.correlation_id,
        **_progress_columns(refund.progress),
    )


def refund(row: RefundRow) -> Refund:
    return Refund(
        key=RefundKey(PaymentId(row.payment_id), row.refund_no),
        gateway=row.gateway,
        attempt_no=row.attempt_no,
        user_id=UserId(row.user_id),
        amount=Money(row.amount_minor, row.currency),
        ordered_at=row.ordered_at,
        correlation_id=row.correlation_id,
        progress=_progress(row),
    )


def _progress_columns(progress: Progress) -> dict[str, Any]:
    return {**asdict(progress), "state": progress.state.value, "decline": progress.decline and progress.decline.value}


def _progress(row: ProgressRow) -> Progress:
    return Progress(
        changed_at=row.changed_at,
        available_at=row.available_at,
        state=JournalState(row.state),
        tries=row.tries,
        queries=row.queries,
        first_sent_at=row.first_sent_at,
        last_sent_at=row.last_sent_at,
        not_found_at=row.not_found_at,
        resend=row.resend,
        reference=row.reference,
        decline=DeclineClass(row.decline) if row.decline else None,
        detail=row.detail,
    )
