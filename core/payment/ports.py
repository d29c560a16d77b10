"""What payment needs from outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.kernel.cards import BrowserToken, CardEntry
from core.kernel.ids import CardId, PaymentId, UserId
from core.kernel.money import Money
from core.messaging.ports import Collection, Tx
from core.payment.cards import Card, User
from core.payment.model import Payment
from core.payment.records import Reminder, Transaction
from core.payment.states import PaymentState


@dataclass(frozen=True, slots=True)
class Try:
    """One earlier attempt with a card, as card networks count them. `detail` is what the provider said."""

    at: datetime
    amount: Money
    detail: str


@dataclass(frozen=True, slots=True)
class Page:
    """Which payments to list, newest first: of one user (None: all), in these states (empty: any), after a place."""

    user_id: UserId | None = None
    states: frozenset[PaymentState] = frozenset()
    after: tuple[datetime, PaymentId] | None = None
    most: int = 50


class Payments(Collection[PaymentId, Payment], Protocol):
    async def failed_of(self, user_id: UserId) -> Sequence[Payment]:
        """The user's failed payments, locked."""
        ...

    async def due_for_retry(self, at: datetime, most: int) -> Sequence[Payment]:
        """Failed payments whose `retry_at` has come, locked; those locked by others are passed over."""
        ...

    async def tries(self, card_id: CardId, since: datetime) -> Sequence[Try]:
        """All attempts with this very card number at its gateway since then, oldest first."""
        ...


class Cards(Collection[CardId, Card], Protocol):
    async def of(self, user_id: UserId) -> Sequence[Card]:
        """All cards of the user that were not forgotten, oldest first."""
        ...

    async def unanswered(self, at: datetime, most: int) -> Sequence[Card]:
        """Cards still validating past their time, locked; those locked by others are passed over."""
        ...


class Reminders(Collection[PaymentId, Reminder], Protocol):
    async def due(self, at: datetime, most: int) -> Sequence[Reminder]:
        """Reminders of failed payments whose date has come, locked; those locked by others are passed over."""
        ...


class Transactions(Protocol):
    """The append-only book of money facts."""

    def add(self, fact: Transaction) -> None:
        """A fact that is in the book already is not added again."""
        ...

    async def of(self, payment_id: PaymentId) -> Sequence[Transaction]: ...


class PaymentTx(Tx, Protocol):
    """One transaction in payment's database."""

    @property
    def payments(self) -> Payments: ...

    @property
    def cards(self) -> Cards: ...

    @property
    def users(self) -> Collection[UserId, User]: ...

    @property
    def reminders(self) -> Reminders: ...

    @property
    def transactions(self) -> Transactions: ...


class PaymentReads(Protocol):
    """What people look at: locks nothing. With an owner, what is somebody else's is not there."""

    async def payments(self, page: Page) -> Sequence[Payment]:
        """Newest request first."""
        ...

    async def payment(self, payment_id: PaymentId, owner: UserId | None) -> Payment | None: ...

    async def cards(self, user_id: UserId) -> Sequence[Card]:
        """All that were not forgotten, oldest first."""
        ...

    async def card(self, card_id: CardId, owner: UserId | None) -> Card | None: ...

    async def user(self, user_id: UserId) -> User | None: ...


class Sealer(Protocol):
    """Seals a card so that only one gateway can open it."""

    def seal(self, gateway: str, card: CardEntry | BrowserToken) -> str:
        """A compact JWE. Raises `Refused` for a gateway whose public key is not known."""
        ...
