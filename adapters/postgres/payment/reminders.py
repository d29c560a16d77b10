"""The reminder list, read together with the payments it is about."""

from collections.abc import Sequence
from datetime import datetime

from tortoise.backends.asyncpg.client import TransactionWrapper

from adapters.postgres.collection import TableCollection
from adapters.postgres.payment import mapping
from adapters.postgres.payment.payments import PostgresPayments
from adapters.postgres.payment.rows import ReminderRow
from adapters.postgres.sql import Sql
from core.kernel.ids import PaymentId
from core.payment.records import Reminder

_DUE = """
SELECT r.* FROM reminders r JOIN payments p ON p.id = r.payment_id
WHERE r.next_at <= $1 AND p.state = 'failed' ORDER BY r.next_at, r.payment_id LIMIT $2
FOR UPDATE OF r SKIP LOCKED
"""


class PostgresReminders(TableCollection[PaymentId, Reminder, ReminderRow]):
    row = ReminderRow

    def __init__(self, db: TransactionWrapper, payments: PostgresPayments) -> None:
        super().__init__(db)
        self._payments = payments

    def key(self, thing: Reminder) -> PaymentId:
        return thing.payment_id

    def to_row(self, thing: Reminder) -> ReminderRow:
        return mapping.reminder_row(thing)

    def from_row(self, row: ReminderRow) -> Reminder:
        return mapping.reminder(row)

    async def due(self, at: datetime, most: int) -> Sequence[Reminder]:
        sql: Sql = self.db._connection
        rows = await sql.fetch(_DUE, at, most)
        await self._payments.preload(PaymentId(row["payment_id"]) for row in rows)
        return self.remember(mapping.reminder(ReminderRow(**row)) for row in rows)
