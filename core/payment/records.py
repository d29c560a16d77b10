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
    """An unpaid payment on the reminder list; `next_at` is None when it is off the list. `sent` counts the reminders."""

    payment_id: PaymentId
    user_id: UserId
    since: datetime
    next_at: datetime | None
    sent: int = 0

    def first_on(self, since: datetime, every: timedelta) -> "Reminder":
        """On the list, reckoned from the first failure we know of; a date already set after a reminder stays."""
        since = min(since, self.since)
        if self.sent and self.next_at:
            return replace(self, since=since)
        return replace(self, since=since, next_at=self.next_date(since, every) if self.sent else since + every)

    def next_date(self, at: datetime, every: timedelta) -> datetime:
        """The first reminding date after `at`. Dates lie a whole number of periods after `since`."""
        return self.since + every * ((at - self.since) // every + 1)

    def reminded(self, at: datetime, every: timedelta) -> "Reminder":
        """One reminder stands for all dates missed until now."""
        return replace(self, sent=self.sent + 1, next_at=self.next_date(at, every))

    def off(self) -> "Reminder":
        return replace(self, next_at=None)
