"""The journal of a gateway: every charge and refund it was ordered to make, and how far each is known to have come."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from core.kernel.ids import PaymentId, UserId
from core.kernel.money import Money
from core.kernel.outcomes import ATTEMPT_MOVES, AttemptState, DeclineClass


class JournalState(StrEnum):
    """The states of an attempt, and `ordered` before the provider is asked for the first time."""

    ORDERED = "ordered"
    SUBMITTING = "submitting"
    PENDING = "pending"
    UNKNOWN = "unknown"
    MANUAL_REVIEW = "manual_review"
    DECLINED = "declined"
    NOT_ATTEMPTED = "not_attempted"
    SUCCEEDED = "succeeded"


S = JournalState
JOURNAL_MOVES: dict[JournalState, frozenset[JournalState]] = {
    S.ORDERED: frozenset(S) - {S.ORDERED},
    **{S(state): frozenset(map(S, ATTEMPT_MOVES[state])) for state in AttemptState},
    S.SUBMITTING: frozenset(S) - {S.SUBMITTING},
}
"""The moves of an attempt; besides, an order whose provider was not reached waits as `ordered` for its next try."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one order at the provider has come."""

    changed_at: datetime
    available_at: datetime | None
    """When it is worked on next: due, or the lease of whoever works on it has run out. None: never by itself."""
    state: JournalState = JournalState.ORDERED
    tries: int = 0
    """How often the order itself was sent."""
    queries: int = 0
    """How often its fate was asked for since it became unknown or pending."""
    first_sent_at: datetime | None = None
    """The provider's key lives from here on."""
    last_sent_at: datetime | None = None
    not_found_at: datetime | None = None
    """When the provider, long enough after the sending, first said it knew nothing of it."""
    resend: bool = False
    """It was not found twice: send it again under the same key."""
    reference: str = ""
    """The provider's own id."""
    decline: DeclineClass | None = None
    detail: str = ""

    def moved(self, state: JournalState, now: datetime, **known: Any) -> "Progress":
        """Through the table: a move it does not know changes nothing, so that late answers do no harm."""
        if state not in JOURNAL_MOVES[self.state]:
            return self
        known = {"available_at": None, "resend": False, "decline": None, **known}
        return replace(self, state=state, changed_at=now, **known)

    def sending(self, now: datetime, lease: timedelta) -> "Progress":
        """The order is about to be sent: committed before the call."""
        sent = self.moved(JournalState.SUBMITTING, now) if self.state is JournalState.ORDERED else self
        return replace(
            sent,
            available_at=now + lease,
            tries=self.tries + 1,
            first_sent_at=self.first_sent_at or now,
            last_sent_at=now,
            not_found_at=None,
            resend=False,
        )

    def asking(self, now: datetime, lease: timedelta) -> "Progress":
        """Its fate is about to be asked for."""
        return replace(self, available_at=now + lease, queries=self.queries + 1)


@dataclass(frozen=True, slots=True)
class ChargeKey:
    """Which attempt of which payment. As text it is the provider's idempotency key."""

    payment_id: PaymentId
    attempt_no: int

    def __str__(self) -> str:
        return f"{self.payment_id}:{self.attempt_no}"


@dataclass(frozen=True, slots=True)
class Charge:
    """One order to charge, as it came, and its progress."""

    key: ChargeKey
    gateway: str
    user_id: UserId
    amount: Money
    description: str
    card_token: str
    card_label: str
    ordered_at: datetime
    source: str
    request_id: str
    period_start: date | None
    period_end: date | None
    correlation_id: str
    """Names the chain of messages it belongs to."""
    progress: Progress


@dataclass(frozen=True, slots=True)
class RefundKey:
    """Which refund of which payment. As text it is the provider's idempotency key."""

    payment_id: PaymentId
    refund_no: int

    def __str__(self) -> str:
        return f"{self.payment_id}:refund:{self.refund_no}"


@dataclass(frozen=True, slots=True)
class Refund:
    """One order to give money back, and its progress."""

    key: RefundKey
    gateway: str
    attempt_no: int
    user_id: UserId
    amount: Money
    ordered_at: datetime
    correlation_id: str
    progress: Progress

    @property
    def charge_key(self) -> ChargeKey:
        return ChargeKey(self.key.payment_id, self.attempt_no)
