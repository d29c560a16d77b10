"""The audit: do the provider's books, the gateways, the payments, the invoices, the files and the access agree?

Pure comparison of facts. Each check has a name, how many things it looked at, and what it found wrong."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from core.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Captured:
    """A captured charge, or a refund, in the books of a provider or in a gateway's journal."""

    gateway: str
    key: str
    amount: Money


@dataclass(frozen=True, slots=True)
class PaidAttempt:
    """An attempt that payment knows to have succeeded."""

    gateway: str
    payment_id: UUID
    key: str
    amount: Money


@dataclass(frozen=True, slots=True)
class PaymentFact:
    """A payment request as payment knows it. `paid` stays true when money was given back later."""

    payment_id: UUID
    user_id: str
    amount: Money
    paid: bool
    owed: bool
    """Failed, and neither paid, written off, nor in doubt."""


@dataclass(frozen=True, slots=True)
class InvoiceFact:
    """An issued invoice. `series` is prefix and year; `number` counts within it from 1."""

    payment_id: UUID
    series: str
    number: int
    total: Money
    file_key: str | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the audit compares, as each part says it of itself."""

    provider: Sequence[Captured] = ()
    journal: Sequence[Captured] = ()
    provider_refunds: Sequence[Captured] = ()
    journal_refunds: Sequence[Captured] = ()
    attempts: Sequence[PaidAttempt] = ()
    payments: Sequence[PaymentFact] = ()
    invoices: Sequence[InvoiceFact] = ()
    files: dict[str, str] = field(default_factory=dict)
    """Object key to sha256 of what lies in the bucket."""
    blocked: frozenset[str] = frozenset()
    must_block: bool = True
    """The policy blocks at once: whoever owes is blocked. With a grace this direction is not checked."""
    billed: frozenset[UUID] = frozenset()
    """Payment ids of the periods that subscription says it billed."""
    charging: frozenset[UUID] = frozenset()
    """Payments with an attempt ordered of a gateway and not yet settled."""
    ordered: frozenset[UUID] = frozenset()
    """Payments whose charge a gateway has in its journal and has not ended."""
    in_doubt: frozenset[str] = frozenset()
    """Keys of charges that the gateway does not know the end of: pending, unknown, or with a person."""
    waiting: int = 0
    """Messages still under way. While there are any, the parts may differ and nothing is proven."""


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    looked_at: int
    wrong: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.wrong


def audit(facts: Facts) -> list[Check]:
    """Every check, in the order a payment travels."""
    return [check(facts) for check in CHECKS]


def nothing_under_way(facts: Facts) -> Check:
    """Every message has arrived, so that the parts can be compared."""
    return _check("every message has arrived", facts.waiting, [f"{facts.waiting} under way"] if facts.waiting else [])


def each_billed_period_is_a_payment(facts: Facts) -> Check:
    known = {payment.payment_id for payment in facts.payments}
    return _check("each billed period is a payment request", len(facts.billed), _lacking(facts.billed, known))


def each_order_has_reached_its_gateway(facts: Facts) -> Check:
    """A payment that waits for a gateway which knows of nothing would wait for ever: a message was lost."""
    wrong = _lacking(facts.charging, facts.ordered)
    return _check("each payment under way is at its gateway", len(facts.charging), wrong)


def doubts_are_known(facts: Facts) -> Check:
    """A charge in doubt may or may not be in the provider's books: it is counted here and left out below."""
    return _check("charges in doubt, being resolved", len(facts.in_doubt), ())


def provider_and_journal_agree(facts: Facts) -> Check:
    known = [entry for entry in facts.provider if entry.key not in facts.in_doubt]
    return _same("provider's books = gateway's journal", known, facts.journal)


def refunds_agree(facts: Facts) -> Check:
    known = [entry for entry in facts.provider_refunds if entry.key not in facts.in_doubt]
    return _same("refunds in the provider's books = journal", known, facts.journal_refunds)


def journal_and_attempts_agree(facts: Facts) -> Check:
    paid = [Captured(attempt.gateway, attempt.key, attempt.amount) for attempt in facts.attempts]
    return _same("gateway's journal = paid attempts", facts.journal, paid)


def each_payment_is_charged_once_at_most(facts: Facts) -> Check:
    """By the provider's own books, whatever the parts believe. What stands before ":" in a key is the payment."""
    charges = Counter(entry.key.partition(":")[0] for entry in facts.provider)
    wrong = [f"{payment} was charged {n} times" for payment, n in charges.items() if n > 1]
    return _check("each payment is charged once at most", len(facts.payments), wrong)


def paid_is_what_was_charged(facts: Facts) -> Check:
    charged = {(attempt.payment_id, attempt.amount) for attempt in facts.attempts}
    paid = {(payment.payment_id, payment.amount) for payment in facts.payments if payment.paid}
    return _check(
        "paid payments = paid attempts, same amount", len(paid), _lacking(paid, charged) + _lacking(charged, paid)
    )


def each_paid_payment_has_one_invoice(facts: Facts) -> Check:
    invoiced = Counter((invoice.payment_id, invoice.total) for invoice in facts.invoices)
    paid = {(payment.payment_id, payment.amount) for payment in facts.payments if payment.paid}
    twice = [f"{payment} has {n} invoices" for (payment, _), n in invoiced.items() if n > 1]
    return _check(
        "each paid payment has one invoice, same total",
        len(paid),
        _lacking(paid, invoiced) + _lacking(invoiced, paid) + twice,
    )


def invoice_numbers_have_no_gap(facts: Facts) -> Check:
    numbers: dict[str, list[int]] = {}
    for invoice in facts.invoices:
        numbers.setdefault(invoice.series, []).append(invoice.number)
    wrong = [
        f"series {series!r}" for series, found in numbers.items() if sorted(found) != list(range(1, len(found) + 1))
    ]
    return _check("invoice numbers have no gap", len(facts.invoices), wrong)


def each_invoice_has_its_file(facts: Facts) -> Check:
    expected = {(invoice.file_key, invoice.sha256) for invoice in facts.invoices}
    found = set(facts.files.items())
    return _check(
        "each invoice has its file, byte for byte", len(found), _lacking(expected, found) + _lacking(found, expected)
    )


def those_who_owe_are_blocked(facts: Facts) -> Check:
    owing = {payment.user_id for payment in facts.payments if payment.owed}
    wrong = _lacking(facts.blocked, owing) + (_lacking(owing, facts.blocked) if facts.must_block else [])
    return _check("blocked = those who owe", len(facts.blocked), wrong)


CHECKS: tuple[Callable[[Facts], Check], ...] = (
    nothing_under_way,
    each_billed_period_is_a_payment,
    each_order_has_reached_its_gateway,
    doubts_are_known,
    provider_and_journal_agree,
    refunds_agree,
    journal_and_attempts_agree,
    each_payment_is_charged_once_at_most,
    paid_is_what_was_charged,
    each_paid_payment_has_one_invoice,
    invoice_numbers_have_no_gap,
    each_invoice_has_its_file,
    those_who_owe_are_blocked,
)


def _check(name: str, looked_at: int, wrong: Iterable[str]) -> Check:
    return Check(name, looked_at, tuple(wrong))


def _lacking(wanted: Iterable[object], found: Iterable[object]) -> list[str]:
    there = set(found)
    return [f"{_said(thing)} has no match" for thing in wanted if thing not in there]


def _said(thing: object) -> str:
    return " ".join(map(str, thing)) if isinstance(thing, tuple) else str(thing)


def _same(name: str, ones: Sequence[Captured], others: Sequence[Captured]) -> Check:
    left, right = Counter(ones), Counter(others)
    wrong = [f"{c.gateway} {c.key} {c.amount} on the left only" for c in (left - right)]
    wrong += [f"{c.gateway} {c.key} {c.amount} on the right only" for c in (right - left)]
    return _check(name, len(ones), wrong)
