"""The states of a payment and of a card, each with its one transition table."""

from enum import StrEnum


class PaymentState(StrEnum):
    """How a payment request stands: always derived from its attempts, refunds and what staff decided."""

    REQUESTED = "requested"
    CHARGING = "charging"
    UNKNOWN = "unknown"
    """An attempt may or may not have taken money; it is being found out."""
    FAILED = "failed"
    SUCCEEDED = "succeeded"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    WRITTEN_OFF = "written_off"
    CANCELLED = "cancelled"


S = PaymentState
PAID = frozenset({S.SUCCEEDED, S.PARTLY_REFUNDED, S.REFUNDED, S.DISPUTED})
_CLOSED = frozenset({S.WRITTEN_OFF, S.CANCELLED})

PAYMENT_MOVES: dict[PaymentState, frozenset[PaymentState]] = {
    S.REQUESTED: frozenset(S) - {S.REQUESTED},
    S.CHARGING: PAID | {S.UNKNOWN, S.FAILED},
    S.UNKNOWN: PAID | {S.CHARGING, S.FAILED},
    S.FAILED: PAID | _CLOSED | {S.CHARGING, S.UNKNOWN},
    S.WRITTEN_OFF: PAID,
    S.CANCELLED: PAID,
    S.SUCCEEDED: PAID - {S.SUCCEEDED},
    S.PARTLY_REFUNDED: frozenset({S.REFUNDED, S.DISPUTED}),
    S.REFUNDED: frozenset({S.DISPUTED}),
    S.DISPUTED: frozenset(),
}
"""THE transition table of a payment. Money that was taken is never forgotten: no paid state leads to an unpaid one."""


class CardState(StrEnum):
    """How a card that its owner wanted saved stands."""

    VALIDATING = "validating"
    ACTIVE = "active"
    REFUSED = "refused"
    EXPIRED = "expired"
    """Nobody answered in time. Not the card's own expiry."""
    REPLACED = "replaced"
    """The same card was saved again."""
    FORGOTTEN = "forgotten"
    """Its owner removed it; the token is gone."""


C = CardState
CARD_MOVES: dict[CardState, frozenset[CardState]] = {
    C.VALIDATING: frozenset({C.ACTIVE, C.REFUSED, C.EXPIRED, C.FORGOTTEN}),
    C.EXPIRED: frozenset({C.ACTIVE, C.REFUSED, C.FORGOTTEN}),
    C.REFUSED: frozenset({C.ACTIVE, C.FORGOTTEN}),
    C.ACTIVE: frozenset({C.REPLACED, C.FORGOTTEN}),
    C.REPLACED: frozenset({C.FORGOTTEN}),
    C.FORGOTTEN: frozenset(),
}
"""THE transition table of a card. A late yes of the provider wins over our own impatience."""
