"""What is known of payments, and what follows for a user."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core.activator.policy import OverduePolicy, OverdueState
from core.kernel.ids import PaymentId, UserId


@dataclass(frozen=True, slots=True)
class User:
    """Somebody we were told of, as of `changed_at`."""

    id: UserId
    changed_at: datetime


class Outcome(StrEnum):
    """From the weakest to the strongest: where several are heard of a payment, the strongest counts."""

    FAILED = "failed"
    FORGIVEN = "forgiven"
    """Written off by staff."""
    SUCCEEDED = "succeeded"


@dataclass(frozen=True, slots=True)
class PaymentFact:
    """What the latest attempt of a payment request came to. `unpaid_since` is the earliest failure heard of."""

    payment_id: PaymentId
    user_id: UserId
    attempt_no: int
    outcome: Outcome
    occurred_at: datetime
    unpaid_since: datetime | None = None

    def joined(self, other: "PaymentFact | None") -> "PaymentFact":
        """Both together: success is final, then a write-off, else the later attempt counts. Order and repetition do
        not matter."""
        if other is None:
            return self
        failures = [since for since in (self.unpaid_since, other.unpaid_since) if since is not None]
        return replace(max(self, other, key=_weight), unpaid_since=min(failures, default=None))


def _weight(fact: PaymentFact) -> tuple[int, int, datetime]:
    return list(Outcome).index(fact.outcome), fact.attempt_no, fact.occurred_at


MOST_REASONS = 50
"""So many unpaid requests are named, the oldest first."""


@dataclass(frozen=True, slots=True)
class Access:
    """Whether a user may use the products: derived from facts and time, kept so that the question is one read."""

    user_id: UserId
    state: OverdueState = OverdueState.CLEAR
    since: datetime | None = None
    reasons: tuple[str, ...] = ()
    available_at: datetime | None = None
    """When time alone may change the answer."""

    @property
    def blocked(self) -> bool:
        return self.state.blocks

    def derived(self, unpaid: Sequence[PaymentFact], policy: OverduePolicy, now: datetime) -> "Access":
        """What follows from these unpaid requests at this moment. Nothing of the former answer goes into it."""
        debts = sorted((fact.unpaid_since or fact.occurred_at, str(fact.payment_id)) for fact in unpaid)
        oldest = debts[0][0] if debts else None
        since = policy.blocked_since(oldest, now)
        reasons = tuple(payment for _, payment in debts[:MOST_REASONS]) if since else ()
        return Access(self.user_id, policy.state(oldest, now), since, reasons, policy.wake_at(oldest, now))
