"""Payments with their attempts and refunds: three tables under one collection."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.backends.asyncpg.client import TransactionWrapper
from tortoise.models import Model

from adapters.postgres.collection import TableCollection, insert, update
from adapters.postgres.payment import mapping
from adapters.postgres.payment.collections import PostgresCards
from adapters.postgres.payment.rows import AttemptRow, PaymentRow, RefundRow
from adapters.postgres.sql import Sql
from core.kernel.ids import CardId, PaymentId, UserId
from core.kernel.money import Money
from core.kernel.outcomes import CLAIMING
from core.payment.model import Payment
from core.payment.ports import Try

_LOCKED = "SELECT * FROM payments WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE"
_FAILED = "SELECT * FROM payments WHERE user_id = $1 AND state = 'failed' ORDER BY requested_at, id FOR UPDATE"
_DUE = """
SELECT * FROM payments WHERE retry_at <= $1 ORDER BY retry_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
"""
_TRIES = """
SELECT a.started_at, p.amount_minor, p.currency, a.detail
FROM cards this
JOIN cards same ON same.id = this.id
  OR (same.user_id, same.gateway, same.fingerprint) = (this.user_id, this.gateway, this.fingerprint)
JOIN attempts a ON a.card_id = same.id
JOIN payments p ON p.id = a.payment_id
WHERE this.id = $1 AND a.started_at >= $2
ORDER BY a.started_at
"""


class PostgresPayments(TableCollection[PaymentId, Payment, PaymentRow]):
    row = PaymentRow

    def __init__(self, db: TransactionWrapper, cards: PostgresCards) -> None:
        super().__init__(db)
        self._cards = cards
        self._sql: Sql = db._connection

    def key(self, thing: Payment) -> PaymentId:
        return thing.id

    async def load(self, keys: Sequence[PaymentId]) -> list[Payment]:
        return await whole(await self._sql.fetch(_LOCKED, list(keys)), self._sql)

    async def write(self, new: Sequence[Payment], changed: Sequence[Payment]) -> None:
        await insert(PaymentRow, [mapping.payment_row(thing) for thing in new], self.db)
        await update(PaymentRow, [mapping.payment_row(thing) for thing in changed], self.db)
        await update(AttemptRow, _attempt_rows([*new, *changed]), self.db)
        refunds: list[Model] = [mapping.refund_row(of, one) for of in (*new, *changed) for one in of.refunds]
        await update(RefundRow, refunds, self.db)

    async def failed_of(self, user_id: UserId) -> Sequence[Payment]:
        await self.flush()
        return self.remember(await whole(await self._sql.fetch(_FAILED, user_id), self._sql))

    async def due_for_retry(self, at: datetime, most: int) -> Sequence[Payment]:
        await self.flush()
        return self.remember(await whole(await self._sql.fetch(_DUE, at, most), self._sql))

    async def tries(self, card_id: CardId, since: datetime) -> Sequence[Try]:
        await self._cards.flush()
        await self.flush()
        rows = await self._sql.fetch(_TRIES, card_id, since)
        return [Try(row["started_at"], Money(row["amount_minor"], row["currency"]), row["detail"]) for row in rows]


def _attempt_rows(payments: Sequence[Payment]) -> list[Model]:
    """Those without a claim first: the claim has to be free before another attempt takes it."""
    attempts = [(of, one) for of in payments for one in of.attempts]
    attempts.sort(key=lambda found: found[1].state in CLAIMING)
    return [mapping.attempt_row(of, one) for of, one in attempts]


async def whole(rows: Sequence[Any], sql: Sql) -> list[Payment]:
    """Payments, in the order of their rows, with what belongs to them."""
    if not rows:
        return []
    ids = [row["id"] for row in rows]
    attempts = await _by_payment("attempts", AttemptRow, ids, sql)
    refunds = await _by_payment("refunds", RefundRow, ids, sql)
    return [mapping.payment(PaymentRow(**row), attempts[row["id"]], refunds[row["id"]]) for row in rows]


async def _by_payment(table: str, model: type[Any], ids: Iterable[UUID], sql: Sql) -> dict[UUID, list[Any]]:
    query = f"SELECT * FROM {table} WHERE payment_id = ANY($1::uuid[]) ORDER BY payment_id, number"  # noqa: S608
    found = defaultdict(list)
    for row in await sql.fetch(query, list(ids)):
        found[row["payment_id"]].append(model(**row))
    return found
