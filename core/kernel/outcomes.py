"""What came of asking a provider to charge: the words all roles share."""

from enum import StrEnum


class DeclineClass(StrEnum):
    """Why an issuer or provider said no. Classes, not texts: a policy is chosen by them."""

    INSUFFICIENT_FUNDS = "insufficient_funds"
    DO_NOT_HONOR = "do_not_honor"
    EXPIRED_CARD = "expired_card"
    LOST_OR_STOLEN = "lost_or_stolen"
    AUTHENTICATION_REQUIRED = "authentication_required"
    INVALID_CARD = "invalid_card"
    LIMIT_EXCEEDED = "limit_exceeded"
    FRAUD_SUSPECTED = "fraud_suspected"
    PROVIDER_REFUSED = "provider_refused"
    """The provider would not take the order at all: our account, the amount or the currency."""

    NO_CARD = "no_card"
    UNKNOWN_USER = "unknown_user"
    CURRENCY_NOT_SUPPORTED = "currency_not_supported"
    NOT_ATTEMPTED = "not_attempted"
    """No provider was reached within the whole schedule of tries: nothing was charged."""

    @property
    def hard(self) -> bool:
        """A hard decline does not change by itself: it is not retried before there is a new card."""
        return self in _HARD


_HARD = frozenset(
    {
        DeclineClass.EXPIRED_CARD,
        DeclineClass.LOST_OR_STOLEN,
        DeclineClass.INVALID_CARD,
        DeclineClass.FRAUD_SUSPECTED,
        DeclineClass.NO_CARD,
        DeclineClass.UNKNOWN_USER,
        DeclineClass.CURRENCY_NOT_SUPPORTED,
    }
)


class AttemptState(StrEnum):
    """How far one try at one gateway with one card is known to have come."""

    SUBMITTING = "submitting"
    PENDING = "pending"
    UNKNOWN = "unknown"
    MANUAL_REVIEW = "manual_review"
    DECLINED = "declined"
    NOT_ATTEMPTED = "not_attempted"
    SUCCEEDED = "succeeded"


S = AttemptState
ATTEMPT_MOVES: dict[AttemptState, frozenset[AttemptState]] = {
    S.SUBMITTING: frozenset(S) - {S.SUBMITTING},
    S.PENDING: frozenset({S.UNKNOWN, S.MANUAL_REVIEW, S.DECLINED, S.NOT_ATTEMPTED, S.SUCCEEDED}),
    S.UNKNOWN: frozenset({S.MANUAL_REVIEW, S.DECLINED, S.NOT_ATTEMPTED, S.SUCCEEDED}),
    S.MANUAL_REVIEW: frozenset({S.DECLINED, S.NOT_ATTEMPTED, S.SUCCEEDED}),
    S.NOT_ATTEMPTED: frozenset({S.DECLINED, S.SUCCEEDED}),
    S.DECLINED: frozenset({S.SUCCEEDED}),
    S.SUCCEEDED: frozenset(),
}
"""THE transition table of an attempt. Knowledge only climbs, so facts may arrive in any order and any number of times;
that money was taken is the last word, whoever contradicts it."""

LIVE = frozenset({S.SUBMITTING, S.PENDING, S.UNKNOWN, S.MANUAL_REVIEW})
"""While an attempt is live nobody may start another: it may yet turn out to have charged."""

CLAIMING = LIVE | {S.SUCCEEDED}
"""The one-claim rule: at most one attempt of a payment is in one of these states."""


def later(known: AttemptState, told: AttemptState) -> AttemptState:
    """The better knowledge of the two; telling twice, or late, changes nothing."""
    return told if told in ATTEMPT_MOVES[known] else known
