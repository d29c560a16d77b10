"""Rows of the notifier and what they stand for."""

import json
from dataclasses import asdict
from typing import Any

from adapters.postgres.notifier.rows import InvoiceRow, NoticeRow, UserRow
from core.kernel.ids import PaymentId, UserId
from core.kernel.money import Money
from core.notifier.document import Party
from core.notifier.kinds import NoticeKind
from core.notifier.model import (
    Channel,
    File,
    Invoice,
    InvoiceState,
    Issue,
    Notice,
    NoticeFacts,
    NoticeKey,
    NoticeState,
    Payment,
    User,
)


def user_row(user: User) -> UserRow:
    party = asdict(user.party)
    return UserRow(id=user.id, changed_at=user.changed_at, party=party, locale=user.locale, time_zone=user.time_zone)


def user(row: UserRow) -> User:
    return User(UserId(row.id), row.changed_at, _party(row.party), row.locale, row.time_zone)


def invoice_row(invoice: Invoice) -> InvoiceRow:
    payment = asdict(invoice.payment)
    del payment["amount"]
    return InvoiceRow(
        **payment,
        amount_minor=invoice.payment.amount.minor,
        currency=invoice.payment.amount.currency,
        state=invoice.state.value,
        available_at=invoice.available_at,
        tries=invoice.tries,
        detail=invoice.detail,
        correlation_id=invoice.correlation_id,
        **(asdict(invoice.issue) if invoice.issue else {}),
        **{f"file_{name}": value for name, value in (asdict(invoice.file) if invoice.file else {}).items()},
    )


def invoice(row: InvoiceRow) -> Invoice:
    return Invoice(
        _payment(row),
        InvoiceState(row.state),
        row.available_at,
        row.tries,
        _issue(row),
        _file(row),
        row.detail,
        row.correlation_id,
    )


def notice_row(notice: Notice) -> NoticeRow:
    facts = notice.facts
    return NoticeRow(
        id=notice.key.id,
        event=notice.key.event,
        channel=notice.key.channel.value,
        user_id=notice.key.user_id,
        kind=facts.kind.value,
        at=facts.at,
        payment_id=facts.payment_id,
        amount_minor=facts.amount and facts.amount.minor,
        currency=facts.amount and facts.amount.currency,
        description=facts.description,
        reason=str(facts.reason),
        card=facts.card,
        state=notice.state.value,
        available_at=notice.available_at,
        tries=notice.tries,
        detail=notice.detail,
        correlation_id=notice.correlation_id,
    )


def notice(row: NoticeRow) -> Notice:
    user_id = UserId(row.user_id)
    facts = NoticeFacts(
        kind=NoticeKind(row.kind),
        user_id=user_id,
        at=row.at,
        payment_id=PaymentId(row.payment_id) if row.payment_id else None,
        amount=Money(row.amount_minor, row.currency) if row.amount_minor is not None and row.currency else None,
        description=row.description,
        reason=row.reason,
        card=row.card,
    )
    key = NoticeKey(row.event, Channel(row.channel), user_id)
    state = NoticeState(row.state)
    return Notice(key, facts, state, row.available_at, row.tries, row.detail, row.correlation_id)


def _payment(row: InvoiceRow) -> Payment:
    return Payment(
        payment_id=PaymentId(row.payment_id),
        user_id=UserId(row.user_id),
        amount=Money(row.amount_minor, row.currency),
        description=row.description,
        period_start=row.period_start,
        period_end=row.period_end,
        reference=row.reference,
        card_label=row.card_label,
        paid_at=row.paid_at,
    )


def _issue(row: InvoiceRow) -> Issue | None:
    if row.number is None:
        return None
    kept: Any = row  # with the number there is all the rest: a CHECK of the table
    return Issue(
        number=kept.number,
        series=kept.series,
        year=kept.year,
        serial=kept.serial,
        issued_at=kept.issued_at,
        buyer=_party(kept.buyer),
        locale=kept.locale,
        time_zone=kept.time_zone,
    )


def _file(row: InvoiceRow) -> File | None:
    if row.file_key is None or row.file_sha256 is None or row.file_size is None:
        return None
    return File(row.file_key, row.file_sha256, row.file_size)


def _party(kept: Any) -> Party:
    """Plain queries give JSON as text, the object mapper as a dictionary."""
    found = json.loads(kept) if isinstance(kept, str) else kept
    return Party(**{**found, "address": tuple(found["address"])})
