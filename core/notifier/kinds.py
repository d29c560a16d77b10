"""The kinds of notices."""

from enum import StrEnum


class NoticeKind(StrEnum):
    """What we write to a user about."""

    INVOICE = "invoice"
    PAYMENT_FAILED = "payment_failed"
    REMINDER = "reminder"
    CARD_REFUSED = "card_refused"
    CARD_EXPIRED = "card_expired"
    """A card whose validation was not answered in time."""
