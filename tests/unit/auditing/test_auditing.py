"""The audit finds each disagreement, and is silent when all agree."""

from dataclasses import replace
from uuid import UUID

import pytest

from core.auditing import Captured, Facts, InvoiceFact, PaidAttempt, PaymentFact, audit
from core.kernel.money import Money

P1, P2 = UUID(int=1), UUID(int=2)
TEN = Money(1000, "EUR")

PAID = PaymentFact(P1, "ann", TEN, paid=True, owed=False)
OWED = PaymentFact(P2, "bob", TEN, paid=False, owed=True)
GOOD = Facts(
    provider=[Captured("a", "1:1", TEN)],
    journal=[Captured("a", "1:1", TEN)],
    attempts=[PaidAttempt("a", P1, "1:1", TEN)],
    payments=[PAID, OWED],
    invoices=[InvoiceFact(P1, "2026", 1, TEN, "k1", "abc")],
    files={"k1": "abc"},
    blocked=frozenset({"bob"}),
    billed=frozenset({P1, P2}),
)


def wrong(facts: Facts) -> set[str]:
    return {check.name for check in audit(facts) if not check.ok}


def test_all_is_well_when_every_part_says_the_same() -> None:
    assert wrong(GOOD) == set()


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (replace(GOOD, waiting=1), "every message has arrived"),
        (replace(GOOD, charging=frozenset({P2})), "each payment under way is at its gateway"),
        (replace(GOOD, payments=[PAID], blocked=frozenset()), "each billed period is a payment request"),
        (replace(GOOD, provider=[]), "provider's books = gateway's journal"),
        (replace(GOOD, provider=[*GOOD.provider, *GOOD.provider]), "provider's books = gateway's journal"),
        (replace(GOOD, provider=[Captured("a", "1:1", Money(999, "EUR"))]), "provider's books = gateway's journal"),
        (replace(GOOD, provider_refunds=[Captured("a", "1:r1", TEN)]), "refunds in the provider's books = journal"),
        (replace(GOOD, journal_refunds=[Captured("a", "1:r1", TEN)]), "refunds in the provider's books = journal"),
        (replace(GOOD, attempts=[]), "gateway's journal = paid attempts"),
        (
            replace(GOOD, provider=[*GOOD.provider, Captured("b", "1:2", TEN)]),
            "each payment is charged once at most",
        ),
        (replace(GOOD, payments=[replace(PAID, paid=False), OWED]), "paid payments = paid attempts, same amount"),
        (replace(GOOD, invoices=[]), "each paid payment has one invoice, same total"),
        (
            replace(GOOD, invoices=[replace(GOOD.invoices[0], total=Money(1, "EUR"))]),
            "each paid payment has one invoice, same total",
        ),
        (replace(GOOD, invoices=[replace(GOOD.invoices[0], number=2)]), "invoice numbers have no gap"),
        (replace(GOOD, files={"k1": "tampered"}), "each invoice has its file, byte for byte"),
        (replace(GOOD, files={}), "each invoice has its file, byte for byte"),
        (replace(GOOD, blocked=frozenset()), "blocked = those who owe"),
        (replace(GOOD, blocked=frozenset({"ann", "bob"})), "blocked = those who owe"),
    ],
)
def test_a_disagreement_is_found(facts: Facts, found: str) -> None:
    assert found in wrong(facts)


def test_a_charge_in_doubt_is_counted_and_not_held_against_the_books() -> None:
    doubt = replace(GOOD, provider=[*GOOD.provider, Captured("a", "2:1", TEN)], in_doubt=frozenset({"2:1"}))
    assert wrong(doubt) == set()
    assert wrong(replace(doubt, in_doubt=frozenset())) == {"provider's books = gateway's journal"}


def test_with_a_grace_somebody_may_owe_without_being_blocked() -> None:
    assert wrong(replace(GOOD, blocked=frozenset(), must_block=False)) == set()
