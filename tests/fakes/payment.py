"""The payment role's transaction in memory, and the people, cards and messages its tests speak of."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.contracts.charges import ChargeOrdered
from core.contracts.payment_requests import PaymentRequested
from core.contracts.payment_responses import PaymentFailed, PaymentSucceeded
from core.kernel.cards import BrowserToken, CardEntry, Expiry, StoredCard
from core.kernel.ids import CardId, PaymentId, UserId
from core.kernel.money import Money
from core.kernel.outcomes import DeclineClass
from core.kernel.secret import Secret
from core.payment.cards import VALIDATION_TIME, Card, User
from core.payment.model import Payment
from core.payment.ports import Page, Try
from core.payment.records import Reminder, Transaction, TransactionKey
from core.payment.states import CardState, PaymentState
from tests.fakes.memory import NOON, InMemoryCollection, InMemoryTx

DAY = timedelta(days=1)


class InMemoryCards(InMemoryCollection[CardId, Card]):
    async def of(self, user_id: UserId) -> Sequence[Card]:
        mine = [card for card in self.all() if card.user_id == user_id and card.state is not CardState.FORGOTTEN]
        return sorted(mine, key=lambda card: (card.asked_at, card.id))

    async def unanswered(self, at: datetime, most: int) -> Sequence[Card]:
        late = [card for card in self.all() if card.state is CardState.VALIDATING and card.expires_at <= at]
        return sorted(late, key=lambda card: (card.expires_at, card.id))[:most]


class InMemoryPayments(InMemoryCollection[PaymentId, Payment]):
    def __init__(self, cards: InMemoryCards) -> None:
        super().__init__(lambda payment: payment.id)
        self._cards = cards

    async def failed_of(self, user_id: UserId) -> Sequence[Payment]:
        failed = [one for one in self.all() if one.user_id == user_id and one.state is PaymentState.FAILED]
        return sorted(failed, key=lambda one: (one.requested_at, one.id))

    async def due_for_retry(self, at: datetime, most: int) -> Sequence[Payment]:
        due = [(one.retry_at, one.id, one) for one in self.all() if one.retry_at and one.retry_at <= at]
        return [one for _, _, one in sorted(due, key=lambda found: found[:2])][:most]

    async def tries(self, card_id: CardId, since: datetime) -> Sequence[Try]:
        card = await self._cards.find(card_id)
        same = {card_id} | {one.id for one in self._cards.all() if card and one.same_as(card)}
        tries = [
            Try(attempt.started_at, payment.amount, attempt.detail)
            for payment in self.all()
            for attempt in payment.attempts
            if attempt.card_id in same and attempt.started_at >= since
        ]
        return sorted(tries, key=lambda one: one.at)


class InMemoryReminders(InMemoryCollection[PaymentId, Reminder]):
    def __init__(self, payments: InMemoryPayments) -> None:
        super().__init__(lambda reminder: reminder.payment_id)
        self._payments = payments

    async def due(self, at: datetime, most: int) -> Sequence[Reminder]:
        due = [(one.next_at, one.payment_id, one) for one in self.all() if one.next_at and one.next_at <= at]
        owed = [
            one
            for _, key, one in sorted(due, key=lambda found: found[:2])
            if self._payments.things[key].state == "failed"
        ]
        return owed[:most]


class InMemoryTransactions:
    def __init__(self) -> None:
        self.facts: dict[TransactionKey, Transaction] = {}

    def add(self, fact: Transaction) -> None:
        self.facts.setdefault(fact.key, fact)

    async def of(self, payment_id: PaymentId) -> Sequence[Transaction]:
        mine = [fact for fact in self.facts.values() if fact.payment_id == payment_id]
        return sorted(mine, key=lambda fact: fact.key[1:])


@dataclass
class KeptKey:
    fingerprint: str
    status: int | None = None
    body: str = ""


class InMemoryKeys:
    def __init__(self) -> None:
        self.kept: dict[str, KeptKey] = {}

    async def claim(self, scope: str, fingerprint: str) -> KeptKey | None:
        if scope in self.kept:
            return self.kept[scope]
        self.kept[scope] = KeptKey(fingerprint)
        return None

    async def store(self, scope: str, status: int, body: str) -> None:
        self.kept[scope].status, self.kept[scope].body = status, body


class InMemoryPaymentTx(InMemoryTx):
    def __init__(self, now: datetime = NOON) -> None:
        super().__init__(now)
        self.cards = InMemoryCards(lambda card: card.id)
        self.payments = InMemoryPayments(self.cards)
        self.users = InMemoryCollection[UserId, User](lambda user: user.id)
        self.reminders = InMemoryReminders(self.payments)
        self.transactions = InMemoryTransactions()
        self.idempotency = InMemoryKeys()


class InMemoryPaymentReads:
    def __init__(self, tx: InMemoryPaymentTx) -> None:
        self._tx = tx

    async def payments(self, page: Page) -> Sequence[Payment]:
        wanted = [
            one
            for one in self._tx.payments.all()
            if page.user_id in (None, one.user_id)
            and (not page.states or one.state in page.states)
            and (page.after is None or (one.requested_at, one.id) < page.after)
        ]
        return sorted(wanted, key=lambda one: (one.requested_at, one.id), reverse=True)[: page.most]

    async def payment(self, payment_id: PaymentId, owner: UserId | None) -> Payment | None:
        found = await self._tx.payments.find(payment_id)
        return found if found and owner in (None, found.user_id) else None

    async def cards(self, user_id: UserId) -> Sequence[Card]:
        return await self._tx.cards.of(user_id)

    async def card(self, card_id: CardId, owner: UserId | None) -> Card | None:
        found = await self._tx.cards.find(card_id)
        return found if found and owner in (None, found.user_id) else None

    async def user(self, user_id: UserId) -> User | None:
        return await self._tx.users.find(user_id)


class InMemoryPaymentTransactions:
    """Always the same transaction; whatever raises takes its changes and messages back."""

    def __init__(self, tx: InMemoryPaymentTx) -> None:
        self.tx = tx

    @asynccontextmanager
    async def __call__(self, trace: Any = None) -> AsyncIterator[InMemoryPaymentTx]:
        stores = (self.tx.cards.things, self.tx.payments.things, self.tx.users.things, self.tx.reminders.things)
        kept = (*stores, self.tx.transactions.facts, self.tx.idempotency.kept)
        before, sent = [dict(store) for store in kept], list(self.tx.outbox.messages)
        try:
            yield self.tx
        except BaseException:
            for store, old in zip(kept, before, strict=True):
                store.clear()
                store.update(old)
            self.tx.outbox.messages = sent
            raise


class OpenSealer:
    """Seals nothing: says to whom, and that it was asked."""

    def seal(self, gateway: str, card: CardEntry | BrowserToken) -> str:
        return f"sealed for {gateway}"


ADA, BOB = UserId("ada"), UserId("bob")
PRICE = Money(999, "EUR")
ENTRY = CardEntry(Secret("4242424242424242"), Secret("123"), Expiry(2030, 4))


def stored(fingerprint: str = "f1", brand: str = "Visa", token: str = "tok_1") -> StoredCard:
    return StoredCard(token, brand, "4242", Expiry(2030, 4), fingerprint)


def card(number: int = 1, user_id: UserId = ADA, gateway: str = "a", kept: StoredCard | None = None) -> Card:
    """An active card; each number is another card."""
    asked_at = NOON - DAY + timedelta(seconds=number)
    kept = kept or stored(f"f{number}", token=f"tok_{number}")
    made = Card(CardId(UUID(int=number)), user_id, gateway, asked_at, asked_at + VALIDATION_TIME)
    return made.accepted(kept)


def ready(now: datetime = NOON) -> InMemoryPaymentTx:
    """A role that knows Ada and her card."""
    tx = InMemoryPaymentTx(now)
    tx.cards.save(card())
    tx.users.save(User(ADA, NOON - DAY, card().id))
    return tx


def requested(request_id: str = "r1", **changes: Any) -> PaymentRequested:
    usual = PaymentRequested("subscription", request_id, ADA, PRICE, "Plus, March", NOON)
    return replace(usual, **changes)


def succeeded(order: ChargeOrdered | PaymentRequested, number: int = 1, at: datetime = NOON) -> PaymentSucceeded:
    return PaymentSucceeded(
        payment_id=order.payment_id,
        attempt_no=getattr(order, "attempt_no", number),
        user_id=order.user_id,
        amount=order.amount,
        description=order.description,
        gateway=getattr(order, "gateway", "a"),
        provider_reference=f"ch_{getattr(order, 'attempt_no', number)}",
        card_label=getattr(order, "card_label", "Visa ···· 4242"),
        occurred_at=at,
        source=order.source,
        request_id=order.request_id,
    )


def failed(
    order: ChargeOrdered | PaymentRequested,
    decline: DeclineClass = DeclineClass.INSUFFICIENT_FUNDS,
    number: int = 1,
    at: datetime = NOON,
    detail: str = "51",
) -> PaymentFailed:
    return PaymentFailed(
        payment_id=order.payment_id,
        attempt_no=getattr(order, "attempt_no", number),
        user_id=order.user_id,
        amount=order.amount,
        description=order.description,
        decline=decline,
        occurred_at=at,
        source=order.source,
        request_id=order.request_id,
        gateway=getattr(order, "gateway", "a"),
        card_label=getattr(order, "card_label", "Visa ···· 4242"),
        detail=detail,
    )
