"""Counting what happened, from what each role keeps."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from adapters.postgres.activator.audit import PostgresActivatorAudit
from adapters.postgres.notifier.audit import PostgresNotifierAudit
from adapters.postgres.payment.audit import PostgresPaymentAudit
from core.notifier.model import Channel, NoticeState
from core.payment.model import Payment
from core.payment.states import PaymentState
from entrypoints.installation import Installation


@dataclass(frozen=True, slots=True)
class Payments:
    """Counts of payment requests. `repaid` had failed before they succeeded; `open` are live or in doubt."""

    requested: int
    succeeded: int
    failed: int
    repaid: int
    open: int


@dataclass(frozen=True, slots=True)
class Tally:
    """Where things stand. Amounts are in minor units, by currency."""

    payments: Payments
    attempts: int
    invoices: int
    emails: int
    texts: int
    blocked_now: frozenset[str]
    per_currency: dict[str, dict[str, int]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "blocked_now": len(self.blocked_now)}


async def tally(made: Installation) -> Tally:
    payments = [payment async for payment in PostgresPaymentAudit(made.databases["payment"]).payments()]
    notifier = PostgresNotifierAudit(made.databases["notifier"])
    sent = Counter(n.key.channel for n in await notifier.notices() if n.state is NoticeState.SENT)
    return Tally(
        _payments(payments),
        sum(len([a for a in payment.attempts if a.number > 0]) for payment in payments),
        sum(1 for invoice in await notifier.invoices() if invoice.file),
        sent[Channel.EMAIL],
        sent[Channel.SMS],
        await PostgresActivatorAudit(made.databases["activator"]).blocked(),
        _per_currency(payments),
    )


def _payments(payments: list[Payment]) -> Payments:
    paid = [payment for payment in payments if payment.paid_by]
    repaid = [payment for payment in paid if payment.last_failure]
    failed = [payment for payment in payments if payment.state is PaymentState.FAILED]
    return Payments(len(payments), len(paid), len(failed), len(repaid), len(payments) - len(paid) - len(failed))


def _per_currency(payments: list[Payment]) -> dict[str, dict[str, int]]:
    sums: dict[str, Counter[str]] = {}
    for payment in payments:
        row = sums.setdefault(payment.amount.currency, Counter(requested=0, paid=0, owed=0))
        row["requested"] += payment.amount.minor
        row["paid" if payment.paid_by else "owed"] += payment.amount.minor
    return {currency: dict(row) for currency, row in sorted(sums.items())}
