"""Ids are derived from what they stand for, so doing a thing twice names it the same."""

from typing import NewType
from uuid import UUID, uuid5

UserId = NewType("UserId", str)
"""The `sub` of the identity system: 1 to 255 characters, opaque to Billow."""

PaymentId = NewType("PaymentId", UUID)
CardId = NewType("CardId", UUID)

_BILLOW = UUID("6f6f5a5e-5c0b-5d0a-9b3f-0b1110b1110b")


def derived(kind: str, *parts: object) -> UUID:
    """A UUID version 5 (RFC 9562) of the parts; `kind` keeps equal parts of different things apart."""
    return uuid5(_BILLOW, "\x1f".join((kind, *map(str, parts))))


def payment_id(source: str, request_id: str) -> PaymentId:
    """The business key of a charge: who asks, and the asker's own id of the request. It never expires."""
    return PaymentId(derived("payment", source, request_id))
