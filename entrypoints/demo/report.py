"""What the demo shows at its end: weeks, sums for each currency, the audit; and the same for machines."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from core.auditing import Check
from core.kernel.money import Money
from entrypoints.demo.story import DayReport
from entrypoints.demo.tally import Tally


@dataclass(frozen=True, slots=True)
class Outcome:
    """The whole story. `seconds` is real time, from the first import to the end of the audit."""

    users: int
    days: Sequence[DayReport]
    checks: Sequence[Check]
    pdf_dir: Path
    seconds: float

    @property
    def last(self) -> Tally:
        tally = self.days[-1].tally
        assert tally is not None, "the last day ends a week"
        return tally

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Counts, and amounts in minor units."""
    last = outcome.last
    return {
        "users": outcome.users,
        "days": len(outcome.days),
        **last.as_json(),
        "blocked": sum(day.blocked for day in outcome.days),
        "restored": sum(day.restored for day in outcome.days),
        "pdf_dir": str(outcome.pdf_dir),
        "audit": {"ok": outcome.ok, "checks": [_check_json(check) for check in outcome.checks]},
        "seconds": round(outcome.seconds, 1),
    }


def _check_json(check: Check) -> dict[str, Any]:
    return {"name": check.name, "ok": check.ok, "looked_at": check.looked_at, "wrong": list(check.wrong)}


def show(outcome: Outcome, console: Console) -> None:
    console.print(_weeks(outcome.days), "", _money(outcome.last), "", _audit(outcome.checks), sep="\n")
    last = outcome.last
    payments = last.payments
    console.print(
        f"\n{outcome.users} subscribers, {len(outcome.days)} days: [bold]{payments.succeeded}[/] of "
        f"{payments.requested} payments paid, {payments.repaid} of them after a failure; {last.invoices} invoices, "
        f"{last.emails} e-mails, {last.texts} texts; {len(last.blocked_now)} subscribers are blocked now."
    )
    console.print(f"Invoices: {outcome.pdf_dir}   ({outcome.seconds:.0f} s)", highlight=False, soft_wrap=True)


def _weeks(days: Sequence[DayReport]) -> Table:
    table = _table("Until", "Asked", "Paid", "Failed", "Repaid", "PDFs", "Mails", "Texts", "Blocked", "Restored")
    blocked = restored = 0
    for day in days:
        blocked, restored = blocked + day.blocked, restored + day.restored
        if day.tally:
            table.add_row(f"{day.day:%d %b}", *_week(day.tally), str(blocked), str(restored))
    return table


def _week(tally: Tally) -> list[str]:
    payments = tally.payments
    numbers = (payments.requested, payments.succeeded, payments.failed, payments.repaid)
    return [str(number) for number in (*numbers, tally.invoices, tally.emails, tally.texts)]


def _money(tally: Tally) -> Table:
    table = _table("Currency", "Requested", "Paid", "Owed")
    for currency, sums in tally.per_currency.items():
        table.add_row(currency, *(_amount(sums[column], currency) for column in ("requested", "paid", "owed")))
    return table


def _amount(minor: int, currency: str) -> str:
    amount: Decimal = Money(minor, currency).decimal
    return f"{amount:,}"


def show_audit(checks: Sequence[Check], console: Console) -> None:
    console.print(_audit(checks))


def _audit(checks: Sequence[Check]) -> Table:
    table = _table("Audit", "Looked at", "")
    for check in checks:
        verdict = "[green]agrees[/]" if check.ok else f"[red]{len(check.wrong)} wrong: {check.wrong[0]}[/]"
        table.add_row(check.name, str(check.looked_at), verdict)
    return table


def _table(first: str, *others: str) -> Table:
    table = Table(first, box=None, header_style="bold underline", padding=(0, 1), pad_edge=False)
    for name in others:
        table.add_column(name, justify="right")
    return table
