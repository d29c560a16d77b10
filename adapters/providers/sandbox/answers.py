"""The sandbox's answers in the gateway's words. An answer that is not understood never counts as a no."""

from collections.abc import Mapping
from typing import Any

from adapters.providers.exchange import Reply
from core.gateway.ports import (
    Accepted,
    Captured,
    CardDeclined,
    ChargeOutcome,
    Declined,
    LedgerEntry,
    Mismatch,
    NotAttempted,
    NotFound,
    Pending,
    StatusOutcome,
    Unknown,
)
from core.kernel.cards import Expiry, StoredCard
from core.kernel.money import Money
from core.kernel.outcomes import DeclineClass
from core.kernel.trouble import Malformed


def read_card(reply: Reply) -> Accepted | CardDeclined | NotAttempted | Unknown:
    """What became of a validation."""
    body = reply.body or {}
    match reply.status, body:
        case 200, {"token": str(token), "brand": str(brand), "last4": str(last4), "fingerprint": str(fingerprint)}:
            expiry = _expiry(body)
            return Accepted(StoredCard(token, brand, last4, expiry, fingerprint)) if expiry else _unread(reply)
        case 402, {"decline": str(decline), "code": str(code)}:
            return CardDeclined(_class(decline), code)
        case ((400 | 422), {"error": str(error)}):
            return CardDeclined(DeclineClass.PROVIDER_REFUSED, error)
    return _closed_or_unread(reply)


def read_order(reply: Reply, ordered: Money) -> ChargeOutcome:
    """What became of a charge or a refund of `ordered`."""
    match reply.status, reply.body or {}:
        case 200, {"status": "captured", "reference": str(reference), **rest}:
            return _same_money(rest, ordered, reference) or Captured(reference)
        case ((200 | 202), {"status": "pending", "reference": str(reference), **rest}):
            return _same_money(rest, ordered, reference) or Pending(reference)
        case ((200 | 402), {"status": "declined", "decline": str(decline), **rest}):
            return Declined(_class(decline), str(rest.get("code", "")), str(rest.get("reference", "")) or None)
        case 400, {"error": "malformed"}:
            return Declined(DeclineClass.PROVIDER_REFUSED, "malformed")
        case 422, {"error": "idempotency_conflict"}:
            return Mismatch("the provider knows this key for another order")
    return _closed_or_unread(reply)


def read_status(reply: Reply, ordered: Money) -> StatusOutcome:
    """What became of a charge asked for by its key."""
    match reply.status, reply.body or {}:
        case 404, {"error": "not_found"}:
            return NotFound()
    return read_order(reply, ordered)


def read_entries(reply: Reply) -> list[tuple[int, LedgerEntry]] | None:
    """One page of the books; None when it cannot be read."""
    try:
        rows = (reply.body or {})["entries"] if reply.status == 200 else None
        return None if rows is None else [(int(row["n"]), _entry(row)) for row in rows]
    except (KeyError, TypeError, ValueError, Malformed):
        return None


def _entry(row: Mapping[str, Any]) -> LedgerEntry:
    return LedgerEntry(row["kind"], row["key"], row["reference"], Money(row["amount"], row["currency"]))


def _expiry(body: Mapping[str, Any]) -> Expiry | None:
    match body.get("expiry"):
        case {"year": int(year), "month": int(month)} if 1 <= month <= 12 and 2000 <= year <= 2099:
            return Expiry(year, month)
    return None


def _same_money(said: Mapping[str, Any], ordered: Money, reference: str) -> Mismatch | Unknown | None:
    match said:
        case {"amount": int(minor), "currency": str(currency)}:
            if (minor, currency) == (ordered.minor, ordered.currency):
                return None
            return Mismatch(f"ordered {ordered.minor} {ordered.currency}, charged {minor} {currency}", reference)
    return Unknown("the answer names no amount")


def _class(decline: str) -> DeclineClass:
    """A reason we do not know is still a no: it is treated as the issuer's bare "do not honor"."""
    try:
        return DeclineClass(decline)
    except ValueError:
        return DeclineClass.DO_NOT_HONOR


def _closed_or_unread(reply: Reply) -> NotAttempted | Unknown:
    """A key the provider does not know opens nothing, so nothing was done; anything else is not understood."""
    if reply.status == 401 and (reply.body or {}).get("error") == "unauthorized":
        return NotAttempted("the provider does not know our API key")
    return _unread(reply)


def _unread(reply: Reply) -> Unknown:
    return Unknown(f"unreadable answer, status {reply.status}")
