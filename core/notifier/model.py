"""What the notifier keeps: those it writes to, their invoices, and every single notice."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from core.kernel.ids import PaymentId, UserId, derived
from core.kernel.money import Money
from core.notifier.document import Party
from core.notifier.kinds import NoticeKind


def zone(name: str) -> tzinfo:
    """The IANA time zone of that name; UTC for a name that is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


@dataclass(frozen=True, slots=True)
class User:
    """A user as we write to them."""

    id: UserId
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
    """When it is worked on next, or the end of the lease of whoever does."""
    tries: int = 0
    issue: Issue | None = None
    file: File | None = None
    detail: str = ""
    correlation_id: str = ""
    """Names the chain of messages it belongs to."""

    @property
    def filename(self) -> str:
        """What the file is called at its buyer's."""
        return f"{self.issue.number if self.issue else self.payment.payment_id}.pdf"

    def issued(self, issue: Issue) -> "Invoice":
        return replace(self, state=InvoiceState.ISSUED, issue=issue, available_at=issue.issued_at)

    def filed(self, file: File) -> "Invoice":
        return replace(self, state=InvoiceState.FILED, file=file, available_at=None, detail="")

    def unprintable(self, detail: str) -> "Invoice":
        return replace(self, state=InvoiceState.UNPRINTABLE, available_at=None, detail=detail)

    def put_off(self, until: datetime, detail: str = "") -> "Invoice":
        return replace(self, available_at=until, detail=detail)

    def taken_up(self, lease_ends: datetime) -> "Invoice":
        return replace(self, available_at=lease_ends, tries=self.tries + 1)


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


N = NoticeState
NOTICE_MOVES: dict[NoticeState, frozenset[NoticeState]] = {
    N.PENDING: frozenset({N.SENDING, N.SKIPPED}),
    N.SENDING: frozenset({N.PENDING, N.SENDING, N.SENT, N.REFUSED, N.AMBIGUOUS, N.GAVE_UP, N.SKIPPED}),
    N.AMBIGUOUS: frozenset({N.SENT, N.REFUSED}),
    N.SENT: frozenset(),
    N.REFUSED: frozenset(),
    N.GAVE_UP: frozenset(),
    N.SKIPPED: frozenset(),
}
"""THE transition table of a notice. A late word of what became of an ambiguous one is heard; nothing is sent twice."""


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
class NoticeFacts:
    """What a notice is worded from."""

    kind: NoticeKind
    user_id: UserId
    at: datetime
    payment_id: PaymentId | None = None
    amount: Money | None = None
    description: str = ""
    reason: str = ""
    """A `DeclineClass` value, or empty."""
    card: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """One e-mail or SMS, and how far it has come."""

    key: NoticeKey
    facts: NoticeFacts
    state: NoticeState
    available_at: datetime | None
    tries: int = 0
    detail: str = ""
    correlation_id: str = ""
    """Names the chain of messages it belongs to."""

    def moved(self, state: NoticeState, available_at: datetime | None = None, detail: str = "") -> "Notice":
        """Through the table: a move it does not know changes nothing."""
        if state not in NOTICE_MOVES[self.state]:
            return self
        return replace(self, state=state, available_at=available_at, detail=detail)

    def sending(self, lease_ends: datetime) -> "Notice":
        return replace(self.moved(NoticeState.SENDING, lease_ends), tries=self.tries + 1)

    def put_off(self, until: datetime) -> "Notice":
        return replace(self, available_at=until, tries=self.tries + 1)
