"""What is written down beside a payment: every fact about money, and who is on the reminder list."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.kernel.ids import PaymentId, UserId
from core.kernel.money import Money


class TransactionKind(StrEnum):
    CHARGE = "charge"
    REFUND = "refund"
    DECLINE = "decline"


TransactionKey = tuple[PaymentId, int, TransactionKind, int]


@dataclass(frozen=True, slots=True)
class Transaction:
    """One fact about money at a provider. Never changed, never removed; the same fact told twice is one."""

    payment_id: PaymentId
    attempt_no: int
    kind: TransactionKind
    amount: Money
    occurred_at: datetime
    refund_no: int = 0
    gateway: str = ""
    reference: str = ""

    @property
    def key(self) -> TransactionKey:
        return (self.payment_id, self.attempt_no, self.kind, self.refund_no)


@dataclass(frozen=True, slots=True)
class Reminder:
    """An unpaid payment on the reminder list; `next_at` is None once it is off. `sent` counts the reminders."""

    payment_id: PaymentId
    user_id: UserId
    since: datetime
    next_at: datetime | None = None
    sent: int = 0

    def on(self, since: datetime, every: timedelta) -> "Reminder":
        """Unpaid since then, as far as known; the first reminder comes one period later."""
        since = min(since, self.since)
        return replace(self, since=since, next_at=self.next_at if self.sent else since + every)

    def last_date(self, at: datetime, every: timedelta) -> datetime:
        """The latest reminding date that has come; dates lie a whole number of periods after `since`."""
        return self.since + every * ((at - self.since) // every)

    def reminded(self, at: datetime, every: timedelta) -> "Reminder":
        """One reminder stands for all dates that have come."""
        return replace(self, sent=self.sent + 1, next_at=self.last_date(at, every) + every)

    def off(self) -> "Reminder":
        return replace(self, next_at=None)
