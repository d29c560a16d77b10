"""Between the words of core and the columns of the tables."""

from collections.abc import Iterable
from typing import Any

from adapters.postgres.payment.rows import (
    AttemptRow,
    CardRow,
    PaymentRow,
    RefundRow,
    ReminderRow,
    TransactionRow,
    UserRow,
)
from core.kernel.cards import Expiry, StoredCard
from core.kernel.ids import CardId, PaymentId, UserId
from core.kernel.money import Money
from core.kernel.outcomes import AttemptState, DeclineClass
from core.payment.cards import Card, User
from core.payment.model import Attempt, Origin, Payment, Refund
from core.payment.records import Reminder, Transaction, TransactionKind
from core.payment.states import CardState, PaymentState


def user(row: UserRow) -> User:
    return User(UserId(row.id), row.changed_at, _card_id(row.default_card_id))


def user_row(thing: User) -> UserRow:
    return UserRow(id=thing.id, changed_at=thing.changed_at, default_card_id=thing.default_card_id)


def card(row: CardRow) -> Card:
    return Card(
        id=CardId(row.id),
        user_id=UserId(row.user_id),
        gateway=row.gateway,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        state=CardState(row.state),
        stored=_stored(row),
        decline=_decline(row.decline),
        default_wanted=row.default_wanted,
    )


def card_row(thing: Card) -> CardRow:
    return CardRow(
        id=thing.id,
        user_id=thing.user_id,
        gateway=thing.gateway,
        state=thing.state.value,
        asked_at=thing.asked_at,
        expires_at=thing.expires_at,
        decline=thing.decline and thing.decline.value,
        default_wanted=thing.default_wanted,
        **_stored_columns(thing.stored),
    )


def _stored(row: CardRow) -> StoredCard | None:
    if row.token is None or row.expiry_year is None or row.expiry_month is None:
        return None
    expiry = Expiry(row.expiry_year, row.expiry_month)
    return StoredCard(row.token, row.brand or "", row.last4 or "", expiry, row.fingerprint or "")


def _stored_columns(kept: StoredCard | None) -> dict[str, Any]:
    return {
        "token": kept and kept.token,
        "brand": kept and kept.brand,
        "last4": kept and kept.last4,
        "expiry_year": kept and kept.expiry.year,
        "expiry_month": kept and kept.expiry.month,
        "fingerprint": kept and kept.fingerprint,
    }


def payment(row: PaymentRow, attempts: Iterable[AttemptRow], refunds: Iterable[RefundRow]) -> Payment:
    return Payment(
        id=PaymentId(row.id),
        source=row.source,
        request_id=row.request_id,
        user_id=UserId(row.user_id),
        amount=Money(row.amount_minor, row.currency),
        description=row.description,
        requested_at=row.requested_at,
        period_start=row.period_start,
        period_end=row.period_end,
        attempts=tuple(map(_attempt, attempts)),
        refunds=tuple(_refund(one, row.currency) for one in refunds),
        closed=PaymentState(row.closed) if row.closed else None,
        closed_at=row.closed_at,
        retry_at=row.retry_at,
    )


def payment_row(thing: Payment) -> PaymentRow:
    return PaymentRow(
        id=thing.id,
        source=thing.source,
        request_id=thing.request_id,
        user_id=thing.user_id,
        amount_minor=thing.amount.minor,
        currency=thing.amount.currency,
        description=thing.description,
        period_start=thing.period_start,
        period_end=thing.period_end,
        requested_at=thing.requested_at,
        state=thing.state.value,
        decline=thing.decline and thing.decline.value,
        closed=thing.closed and thing.closed.value,
        closed_at=thing.closed_at,
        retry_at=thing.retry_at,
    )


def _attempt(row: AttemptRow) -> Attempt:
    return Attempt(
        number=row.number,
        state=AttemptState(row.state),
        started_at=row.started_at,
        gateway=row.gateway,
        card_id=_card_id(row.card_id),
        card_label=row.card_label,
        origin=Origin(row.origin),
        decline=_decline(row.decline),
        detail=row.detail,
        reference=row.reference,
        settled_at=row.settled_at,
    )


def attempt_row(of: Payment, thing: Attempt) -> AttemptRow:
    return AttemptRow(
        key=f"{of.id}/{thing.number}",
        payment_id=of.id,
        number=thing.number,
        state=thing.state.value,
        gateway=thing.gateway,
        card_id=thing.card_id,
        card_label=thing.card_label,
        origin=thing.origin.value,
        decline=thing.decline and thing.decline.value,
        detail=thing.detail,
        reference=thing.reference,
        started_at=thing.started_at,
        settled_at=thing.settled_at,
    )


def _refund(row: RefundRow, currency: str) -> Refund:
    return Refund(
        number=row.number,
        attempt_no=row.attempt_no,
        amount=Money(row.amount_minor, currency),
        ordered_at=row.ordered_at,
        state=AttemptState(row.state),
        reason=_decline(row.reason),
        detail=row.detail,
        reference=row.reference,
        settled_at=row.settled_at,
    )


def refund_row(of: Payment, thing: Refund) -> RefundRow:
    return RefundRow(
        key=f"{of.id}/{thing.number}",
        payment_id=of.id,
        number=thing.number,
        attempt_no=thing.attempt_no,
        amount_minor=thing.amount.minor,
        ordered_at=thing.ordered_at,
        state=thing.state.value,
        reason=thing.reason and thing.reason.value,
        detail=thing.detail,
        reference=thing.reference,
        settled_at=thing.settled_at,
    )


def reminder(row: ReminderRow) -> Reminder:
    return Reminder(PaymentId(row.payment_id), UserId(row.user_id), row.since, row.next_at, row.sent)


def reminder_row(thing: Reminder) -> ReminderRow:
    return ReminderRow(
        payment_id=thing.payment_id, user_id=thing.user_id, since=thing.since, next_at=thing.next_at, sent=thing.sent
    )


def transaction(row: TransactionRow) -> Transaction:
    return Transaction(
        payment_id=PaymentId(row.payment_id),
        attempt_no=row.attempt_no,
        kind=TransactionKind(row.kind),
        amount=Money(row.amount_minor, row.currency),
        occurred_at=row.occurred_at,
        refund_no=row.refund_no,
        gateway=row.gateway,
        reference=row.reference,
    )


def transaction_row(thing: Transaction) -> TransactionRow:
    return TransactionRow(
        key="/".join(map(str, thing.key)),
        payment_id=thing.payment_id,
        attempt_no=thing.attempt_no,
        kind=thing.kind.value,
        refund_no=thing.refund_no,
        amount_minor=thing.amount.minor,
        currency=thing.amount.currency,
        gateway=thing.gateway,
        reference=thing.reference,
        occurred_at=thing.occurred_at,
    )


def _card_id(value: Any) -> CardId | None:
    return CardId(value) if value else None


def _decline(value: str | None) -> DeclineClass | None:
    return DeclineClass(value) if value else None
