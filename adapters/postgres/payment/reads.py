"""What people look at: plain reads that lock nothing."""

from collections.abc import Sequence

from adapters.postgres.database import Database
from adapters.postgres.payment import mapping
from adapters.postgres.payment.payments import whole
from adapters.postgres.payment.rows import CardRow, UserRow
from core.kernel.ids import CardId, PaymentId, UserId
from core.payment.cards import Card, User
from core.payment.model import Payment
from core.payment.ports import Page

_PAYMENTS = """
SELECT * FROM payments
WHERE ($1::text IS NULL OR user_id = $1)
  AND (cardinality($2::text[]) = 0 OR state = ANY($2))
  AND ($3::timestamptz IS NULL OR (requested_at, id) < ($3, $4::uuid))
ORDER BY requested_at DESC, id DESC LIMIT $5
"""
_PAYMENT = "SELECT * FROM payments WHERE id = $1 AND ($2::text IS NULL OR user_id = $2)"
_CARDS = "SELECT * FROM cards WHERE user_id = $1 AND state <> 'forgotten' ORDER BY asked_at, id"
_CARD = "SELECT * FROM cards WHERE id = $1 AND ($2::text IS NULL OR user_id = $2)"
_USER = "SELECT * FROM users WHERE id = $1"


class PostgresPaymentReads:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def payments(self, page: Page) -> Sequence[Payment]:
        at, last = page.after or (None, None)
        async with self._database.reading() as sql:
            rows = await sql.fetch(_PAYMENTS, page.user_id, sorted(page.states), at, last, page.most)
            return await whole(rows, sql)

    async def payment(self, payment_id: PaymentId, owner: UserId | None) -> Payment | None:
        async with self._database.reading() as sql:
            found = await whole(await sql.fetch(_PAYMENT, payment_id, owner), sql)
        return found[0] if found else None

    async def cards(self, user_id: UserId) -> Sequence[Card]:
        async with self._database.reading() as sql:
            return [mapping.card(CardRow(**row)) for row in await sql.fetch(_CARDS, user_id)]

    async def card(self, card_id: CardId, owner: UserId | None) -> Card | None:
        async with self._database.reading() as sql:
            row = await sql.fetchrow(_CARD, card_id, owner)
        return mapping.card(CardRow(**row)) if row else None

    async def user(self, user_id: UserId) -> User | None:
        async with self._database.reading() as sql:
            row = await sql.fetchrow(_USER, user_id)
        return mapping.user(UserRow(**row)) if row else None
