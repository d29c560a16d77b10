"""What the sandbox writes down. A card number is in none of it."""

import hashlib
import json
from base64 import b32encode
from dataclasses import dataclass
from enum import StrEnum

from adapters.providers.behaviour import Loss, Refusal
from core.kernel.money import Money


class Kind(StrEnum):
    """What an order moves."""

    CHARGE = "charge"
    REFUND = "refund"


class OrderState(StrEnum):
    """A pending order becomes one of the other two; those are final."""

    PENDING = "pending"
    CAPTURED = "captured"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class ChargeForm:
    """The body of a charge."""

    token: str
    amount: Money
    description: str

    @property
    def digest(self) -> str:
        return digest_of(Kind.CHARGE, self.token, self.amount.minor, self.amount.currency, self.description)


@dataclass(frozen=True, slots=True)
class RefundForm:
    """The body of a refund; `charge_key` names the charge it gives back."""

    charge_key: str
    amount: Money

    @property
    def digest(self) -> str:
        return digest_of(Kind.REFUND, self.charge_key, self.amount.minor, self.amount.currency)


@dataclass(frozen=True, slots=True)
class Order:
    """One charge or refund. `subject` is the token charged or the key of the charge given back."""

    key: str
    kind: Kind
    digest: str
    subject: str
    reference: str
    amount: Money
    state: OrderState
    refusal: Refusal | None = None
    visible_from: float = 0.0


@dataclass(frozen=True, slots=True)
class Answered:
    """What the sandbox has to say, and what becomes of its answer on the way."""

    order: Order
    lost: Loss | None = None


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """Nothing was done, and this is how the caller is told, or not told."""

    lost: Loss


def digest_of(*parts: str | int) -> str:
    """Tells two bodies under one key apart."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def letters(raw: bytes, length: int = 24) -> str:
    """An id that no scan for card numbers mistakes for one: base 32 has hardly any digits."""
    return b32encode(raw).decode().lower()[:length]
