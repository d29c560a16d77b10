"""What the audit compares with the providers' own books, the invoices and the files."""

from collections.abc import AsyncIterator
from uuid import UUID

from adapters.postgres.database import Database
from adapters.postgres.payment import mapping
from adapters.postgres.payment.payments import whole
from adapters.postgres.payment.rows import TransactionRow
from core.payment.model import Payment
from core.payment.records import Transaction

BATCH = 500
_PAYMENTS = "SELECT * FROM payments WHERE id > $1 ORDER BY id LIMIT $2"
_TRANSACTIONS = "SELECT * FROM transactions WHERE key > $1 ORDER BY key LIMIT $2"


class PostgresPaymentAudit:
    """Everything, in the order of its keys and in bounded pieces."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def payments(self) -> AsyncIterator[Payment]:
        last, more = UUID(int=0), True
        while more:
            async with self._database.reading() as sql:
                found = await whole(await sql.fetch(_PAYMENTS, last, BATCH), sql)
            for payment in found:
                yield payment
                last = payment.id
            more = len(found) == BATCH

    async def transactions(self) -> AsyncIterator[Transaction]:
        last, more = "", True
        while more:
            async with self._database.reading() as sql:
                rows = await sql.fetch(_TRANSACTIONS, last, BATCH)
            for row in rows:
                yield mapping.transaction(TransactionRow(**row))
                last = row["key"]
            more = len(rows) == BATCH
