"""What the notifier keeps: those it writes to, their invoices, and every single notice."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from core.kernel.ids import PaymentId, UserId, derived
from core.kernel.money import Money
from core.notifier.document import Party
from core.notifier.kinds import NoticeKind


@dataclass(frozen=True, slots=True)
class Reader:
    """A user as we write to them."""

    user_id: UserId
    changed_at: datetime
    party: Party
    locale: str
    time_zone: str


class InvoiceState(StrEnum):
    WAITING = "waiting"
    """The buyer is not known yet: no number is given."""
    ISSUED = "issued"
    """Numbered and frozen; its file is to be made."""
    FILED = "filed"
    """The file lies in the bucket."""
    UNPRINTABLE = "unprintable"
    """The file can never be made: a person has to look."""


@dataclass(frozen=True, slots=True)
class Payment:
    """What was paid, as the invoice says it."""

    payment_id: PaymentId
    user_id: UserId
    amount: Money
    description: str
    period_start: date | None
    period_end: date | None
    reference: str
    card_label: str
    paid_at: datetime


@dataclass(frozen=True, slots=True)
class Issue:
    """What is frozen when the invoice is issued. `number` is gapless within its series and year."""

    number: str
    series: str
    year: int
    serial: int
    issued_at: datetime
    buyer: Party
    locale: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class File:
    """The PDF in the bucket. `sha256` is in hex, `size` in bytes."""

    key: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Invoice:
    """One invoice of one payment."""

    payment: Payment
    state: InvoiceState
    available_at: datetime | None
    tries: int = 0
    issue: Issue | None = None
    file: File | None = None
    detail: str = ""


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"


class NoticeState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    """Claimed; found again after the lease it may have been sent by a process that died."""
    SENT = "sent"
    REFUSED = "refused"
    AMBIGUOUS = "ambiguous"
    GAVE_UP = "gave_up"
    SKIPPED = "skipped"
    """There was no reason or no address any more when its time had come."""


@dataclass(frozen=True, slots=True)
class NoticeKey:
    """A user is told of an event once on each channel. `event` is a natural key such as "invoice:<payment id>"."""

    event: str
    channel: Channel
    user_id: UserId

    @property
    def id(self) -> UUID:
        """The same for every try: the local part of the Message-ID."""
        return derived("notice", self.event, self.channel, self.user_id)


@dataclass(frozen=True, slots=True)
class Notice:
    """One e-mail or SMS: what it says and how far it has come."""

    key: NoticeKey
    kind: NoticeKind
    state: NoticeState
    available_at: datetime | None
    at: datetime
    payment_id: PaymentId | None = None
    amount: Money | None = None
    description: str = ""
    reason: str = ""
    card: str = ""
    tries: int = 0
    detail: str = ""
