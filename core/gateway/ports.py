"""What a gateway needs from outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from core.gateway.model import Charge, ChargeKey, JournalState, Refund, RefundKey
from core.kernel.cards import BrowserToken, CardEntry, StoredCard
from core.kernel.money import Money
from core.kernel.outcomes import DeclineClass
from core.messaging.ports import Collection, Tx


@dataclass(frozen=True, slots=True)
class Captured:
    """The money was taken. `reference` is the provider's own id of the charge."""

    reference: str


@dataclass(frozen=True, slots=True)
class Declined:
    """A final no. `detail` is the provider's own code, for people who look into it."""

    decline: DeclineClass
    detail: str = ""
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class NotAttempted:
    """No byte of the order reached the provider, or it said "too many": nothing was charged; try again, same key."""

    detail: str


@dataclass(frozen=True, slots=True)
class Pending:
    """The provider took the order and will know later."""

    reference: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may or may not have charged: time-out, reset, 5xx, unreadable answer."""

    detail: str


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The provider charged something else than we ordered: a person has to look."""

    detail: str
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class NotFound:
    """A status query found nothing under this key (yet)."""


ChargeOutcome = Captured | Declined | NotAttempted | Pending | Unknown | Mismatch
StatusOutcome = Captured | Declined | NotAttempted | Pending | Unknown | Mismatch | NotFound


@dataclass(frozen=True, slots=True)
class Accepted:
    """The card is good and the provider keeps it under the token."""

    card: StoredCard


@dataclass(frozen=True, slots=True)
class CardDeclined:
    """The card was refused at validation, for a reason the user may see."""

    decline: DeclineClass
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """One charge as the provider is asked for it. `key` is the provider idempotency key, the same on every repeat."""

    key: str
    token: str
    amount: Money
    description: str


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Give back `amount` of the charge made under `charge_key`."""

    key: str
    charge_key: str
    amount: Money


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One captured charge or refund in the provider's own books, for the audit. `kind` is "charge" or "refund"."""

    kind: str
    key: str
    reference: str
    amount: Money


class Provider(Protocol):
    """A company that charges cards. No method raises for what the provider or the network did: that is its answer."""

    async def validate(
        self, key: str, card: CardEntry | BrowserToken
    ) -> Accepted | CardDeclined | NotAttempted | Unknown:
        """Check the card and keep it. Safe to repeat with the same key; a browser token is good under one key only."""
        ...

    async def charge(self, order: Order) -> ChargeOutcome:
        """Take the money. Repeating with the same key charges nothing more."""
        ...

    async def charge_status(self, order: Order) -> StatusOutcome:
        """What became of the charge under this key."""
        ...

    async def refund(self, refund: RefundOrder) -> ChargeOutcome:
        """Give money back. Repeating with the same key refunds nothing more."""
        ...

    async def ledger(self) -> list[LedgerEntry]:
        """Everything captured and refunded on our account. Raises `Unavailable` when the provider is away."""
        ...

    async def check(self) -> None:
        """Raise `Unavailable` when the provider cannot be reached."""
        ...


class Opener(Protocol):
    """Opens what was sealed to this gateway's public key."""

    def open(self, sealed: str) -> CardEntry | BrowserToken:
        """What is in a JWE (RFC 7516, compact). Raises `Malformed` for whatever is none of ours."""
        ...


class Charges(Collection[ChargeKey, Charge], Protocol):
    """The journal of charges."""

    async def claim_due(self, now: datetime, most: int) -> Sequence[Charge]:
        """Those with `available_at` <= now, oldest first, locked; skips what others have locked."""
        ...


class Refunds(Collection[RefundKey, Refund], Protocol):
    """The journal of refunds."""

    async def claim_due(self, now: datetime, most: int) -> Sequence[Refund]:
        """Like `Charges.claim_due`."""
        ...


class GatewayTx(Tx, Protocol):
    @property
    def correlation_id(self) -> str:
        """Names the chain of messages that the message at hand belongs to."""
        ...

    @property
    def charges(self) -> Charges: ...

    @property
    def refunds(self) -> Refunds: ...


class Place(NamedTuple):
    """Where a page of charges or refunds ends."""

    ordered_at: datetime
    key: str


class GatewayReads(Protocol):
    """For operators. Nothing is locked."""

    async def charges(self, state: JournalState, after: Place | None, most: int) -> Sequence[Charge]:
        """Charges in this state, the oldest first."""
        ...

    async def refunds(self, state: JournalState, after: Place | None, most: int) -> Sequence[Refund]:
        """Refunds in this state, the oldest first."""
        ...
