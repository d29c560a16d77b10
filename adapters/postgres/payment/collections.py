"""The payment role's other tables under the ports of core."""

from collections.abc import Sequence
from datetime import datetime

from tortoise.backends.asyncpg.client import TransactionWrapper
from tortoise.queryset import QuerySet

from adapters.postgres.collection import TableCollection, update
from adapters.postgres.payment import mapping
from adapters.postgres.payment.rows import CardRow, TransactionRow, UserRow
from core.kernel.ids import CardId, PaymentId, UserId
from core.payment.cards import Card, User
from core.payment.records import Transaction
from core.payment.states import CardState


class PostgresUsers(TableCollection[UserId, User, UserRow]):
    row = UserRow

    def key(self, thing: User) -> UserId:
        return thing.id

    def to_row(self, thing: User) -> UserRow:
        return mapping.user_row(thing)

    def from_row(self, row: UserRow) -> User:
        return mapping.user(row)


class PostgresCards(TableCollection[CardId, Card, CardRow]):
    row = CardRow

    def key(self, thing: Card) -> CardId:
        return thing.id

    def to_row(self, thing: Card) -> CardRow:
        return mapping.card_row(thing)

    def from_row(self, row: CardRow) -> Card:
        return mapping.card(row)

    async def write(self, new: Sequence[Card], changed: Sequence[Card]) -> None:
        """A card that is replaced leaves its place before the newer one takes it."""
        retired = [card for card in changed if not card.active]
        await update(CardRow, [self.to_row(card) for card in retired], self.db)
        await super().write(new, [card for card in changed if card.active])

    async def of(self, user_id: UserId) -> Sequence[Card]:
        cards = CardRow.filter(user_id=user_id).exclude(state=CardState.FORGOTTEN.value).order_by("asked_at", "id")
        return await self._read(cards.select_for_update())

    async def unanswered(self, at: datetime, most: int) -> Sequence[Card]:
        late = CardRow.filter(state=CardState.VALIDATING.value, expires_at__lte=at).order_by("expires_at", "id")
        return await self._read(late.limit(most).select_for_update(skip_locked=True))

    async def _read(self, query: QuerySet[CardRow]) -> Sequence[Card]:
        await self.flush()
        return self.remember(map(self.from_row, await query.using_db(self.db)))


class PostgresTransactions:
    """The book. A fact that is in it already stays as it was."""

    def __init__(self, db: TransactionWrapper) -> None:
        self._db = db
        self._added: list[Transaction] = []

    def add(self, fact: Transaction) -> None:
        self._added.append(fact)

    async def of(self, payment_id: PaymentId) -> Sequence[Transaction]:
        await self.flush()
        rows = TransactionRow.filter(payment_id=payment_id).order_by("attempt_no", "kind", "refund_no")
        return [mapping.transaction(row) for row in await rows.using_db(self._db)]

    async def flush(self) -> int:
        added, self._added = self._added, []
        if added:
            rows = [mapping.transaction_row(fact) for fact in added]
            await TransactionRow.bulk_create(rows, using_db=self._db, ignore_conflicts=True)
        return len(added)
