"""`billow audit`: asks every role, every provider and the bucket for their facts, and compares them."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.postgres.activator.audit import PostgresActivatorAudit
from adapters.postgres.database import Database
from adapters.postgres.gateway.audit import PostgresGatewayAudit
from adapters.postgres.notifier.audit import PostgresNotifierAudit
from adapters.postgres.payment.audit import PostgresPaymentAudit
from adapters.postgres.subscription.audit import PostgresSubscriptionAudit
from core.auditing import Captured, Facts, InvoiceFact, PaidAttempt, PaymentFact
from core.gateway.model import Charge, JournalState, Refund
from core.gateway.ports import Provider
from core.kernel.outcomes import LIVE
from core.notifier.model import Invoice
from core.notifier.ports import Bucket
from core.payment.model import Payment
from core.payment.records import Transaction, TransactionKind

IN_DOUBT = frozenset(JournalState) - {JournalState.SUCCEEDED, JournalState.DECLINED, JournalState.NOT_ATTEMPTED}
UNDER_WAY = "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM retries)"


async def facts(
    databases: Mapping[str, Database], providers: Mapping[str, Provider], bucket: Bucket, must_block: bool
) -> Facts:
    """What every part says now. Compare while nothing is being billed: the parts are read one after the other."""
    book = PostgresPaymentAudit(databases["payment"])
    payments = [payment async for payment in book.payments()]
    invoices = await PostgresNotifierAudit(databases["notifier"]).invoices()
    journals = [PostgresGatewayAudit(databases[f"gateway_{name}"]) for name in providers]
    charges = [charge for journal in journals for charge in await journal.charges()]
    refunds = [refund for journal in journals for refund in await journal.refunds()]
    both: list[Charge | Refund] = [*charges, *refunds]
    return Facts(
        provider=await _books(providers, "charge"),
        journal=_done(charges),
        provider_refunds=await _books(providers, "refund"),
        journal_refunds=_done(refunds),
        charging=frozenset(payment.id for payment in payments if any(a.state in LIVE for a in payment.attempts)),
        ordered=frozenset(charge.key.payment_id for charge in charges if charge.progress.state in IN_DOUBT),
        in_doubt=frozenset(str(one.key) for one in both if one.progress.state in IN_DOUBT),
        attempts=[_paid_attempt(told) async for told in book.transactions() if told.kind is TransactionKind.CHARGE],
        payments=[_payment(payment) for payment in payments],
        invoices=[_invoice(invoice) for invoice in invoices if invoice.issue],
        files=await _files(bucket),
        blocked=await PostgresActivatorAudit(databases["activator"]).blocked(),
        must_block=must_block,
        billed=await PostgresSubscriptionAudit(databases["subscription"]).billed(),
        waiting=sum([await _under_way(database) for database in databases.values()]),
    )


async def _books(providers: Mapping[str, Provider], kind: str) -> Sequence[Captured]:
    books = [(name, entry) for name, provider in providers.items() for entry in await provider.ledger()]
    return [Captured(name, entry.key, entry.amount) for name, entry in books if entry.kind == kind]


def _done(journal: Sequence[Charge | Refund]) -> Sequence[Captured]:
    done = [one for one in journal if one.progress.state is JournalState.SUCCEEDED]
    return [Captured(one.gateway, str(one.key), one.amount) for one in done]


def _paid_attempt(told: Transaction) -> PaidAttempt:
    """As the book of transactions has it, which is only added to: not as the payment says of itself."""
    return PaidAttempt(told.gateway, told.payment_id, f"{told.payment_id}:{told.attempt_no}", told.amount)


def _payment(payment: Payment) -> PaymentFact:
    paid = payment.paid_by is not None
    owed = not paid and payment.last_failure is not None and payment.closed is None
    return PaymentFact(payment.id, payment.user_id, payment.amount, paid, owed)


def _invoice(invoice: Invoice) -> InvoiceFact:
    issue: Any = invoice.issue
    key, sha256 = (invoice.file.key, invoice.file.sha256) if invoice.file else (None, None)
    series = f"{issue.series}{issue.year}"
    return InvoiceFact(invoice.payment.payment_id, series, issue.serial, invoice.payment.amount, key, sha256)


async def _files(bucket: Bucket) -> dict[str, str]:
    return {key: hashlib.sha256(await bucket.get(key)).hexdigest() for key in await bucket.keys()}


async def _under_way(database: Database) -> int:
    async with database.reading() as connection:
        return int(await connection.fetchval(UNDER_WAY))
