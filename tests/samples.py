"""One message of every kind, as it could really travel."""

from datetime import UTC, date, datetime
from uuid import UUID

from core.contracts.access import AccessBlocked, AccessRestored
from core.contracts.card_responses import CardAccepted, CardRefused
from core.contracts.card_validations import CardValidationOrdered
from core.contracts.charges import ChargeOrdered, RefundOrdered
from core.contracts.message import Message
from core.contracts.notices import CardNotSaved, ReminderDue
from core.contracts.payment_requests import PaymentRequested
from core.contracts.payment_responses import (
    PaymentFailed,
    PaymentRefunded,
    PaymentSucceeded,
    PaymentUnresolved,
    PaymentWrittenOff,
    RefundFailed,
    RefundUnresolved,
)
from core.contracts.users import UserChanged
from core.kernel.ids import CardId, UserId, payment_id
from core.kernel.money import Money
from core.kernel.outcomes import DeclineClass
from core.messaging.envelope import Envelope, Trace

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
USER = UserId("auth0|5f7c8ec7c33c6c004bbafe82")
CARD = CardId(UUID("1f0f3c5e-94b5-5a8e-9b8a-3f1d3d0f5c11"))
ASKED = {"source": "subscription", "request_id": "sub-17/2026-03-01"}
PAYMENT = payment_id(**ASKED)
PERIOD = {"period_start": date(2026, 3, 1), "period_end": date(2026, 4, 1)}

SAMPLES: tuple[Message, ...] = (
    PaymentRequested(
        user_id=USER, amount=Money(999, "EUR"), description="Plus, March", requested_at=NOON, **ASKED, **PERIOD
    ),
    ChargeOrdered(
        "a", PAYMENT, 1, USER, Money(999, "EUR"), "Plus, March", "tok_7Hq", "Visa ···· 4242", NOON, **ASKED, **PERIOD
    ),
    RefundOrdered("a", PAYMENT, 1, 1, USER, Money(499, "EUR"), NOON),
    PaymentSucceeded(
        PAYMENT, 1, USER, Money(999, "EUR"), "Plus, March", "a", "ch_41", "Visa ···· 4242", NOON, **ASKED, **PERIOD
    ),
    PaymentFailed(
        PAYMENT, 1, USER, Money(980, "JPY"), "プラス", DeclineClass.INSUFFICIENT_FUNDS, NOON, **ASKED, gateway="b",
        card_label="Visa ···· 4242", detail="51",
    ),
    PaymentUnresolved(PAYMENT, 1, USER, "unknown", "no answer within 30 s", NOON),
    PaymentWrittenOff(PAYMENT, 3, USER, Money(999, "EUR"), NOON),
    PaymentRefunded(PAYMENT, 1, 1, USER, Money(499, "EUR"), "a", "re_7", NOON),
    RefundFailed(
        PAYMENT, 1, 2, USER, Money(500, "EUR"), "a", DeclineClass.PROVIDER_REFUSED, "nothing_to_refund", NOON
    ),
    RefundUnresolved(PAYMENT, 1, 3, USER, Money(1, "EUR"), "a", "manual_review", "the key is too old", NOON),
    CardValidationOrdered("a", CARD, USER, "eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d", NOON, NOON.replace(minute=2)),
    CardAccepted("a", CARD, USER, "tok_7Hq", "Visa", "4242", 2029, 4, "f1c9e2", NOON),
    CardRefused("a", CARD, USER, DeclineClass.INVALID_CARD, NOON),
    CardNotSaved(CARD, USER, None, NOON),
    ReminderDue(PAYMENT, 2, USER, Money(999, "EUR"), "Plus, March", DeclineClass.EXPIRED_CARD, NOON),
    UserChanged(
        USER, NOON, "Nour Haddad", "nour@example.com", "+4915112345678", ("Hauptstraße 1", "10115 Berlin"), "DE",
        "ar", "Europe/Berlin",
    ),
    AccessBlocked(USER, NOON, (str(PAYMENT),)),
    AccessRestored(USER, NOON),
)  # fmt: skip
CONTRACTS: tuple[type[Message], ...] = tuple(type(sample) for sample in SAMPLES)


def enveloped(message: Message, number: int = 1) -> Envelope:
    """The message in an envelope of its own; `number` tells several apart."""
    return Envelope(UUID(int=number), "billow/payment", NOON, number, Trace("chain-1", "cause-1"), message)
