"""What users and operators look at: plain reads that lock nothing."""

from collections.abc import Sequence
from uuid import UUID

from adapters.postgres.database import Database
from adapters.postgres.notifier import mapping
from adapters.postgres.notifier.rows import InvoiceRow
from core.notifier.model import Invoice
from core.notifier.ports import Place

_INVOICES = """
SELECT * FROM invoices
WHERE issued_at IS NOT NULL AND ($1::text IS NULL OR user_id = $1)
  AND ($2::timestamptz IS NULL OR (issued_at, payment_id) < ($2, $3))
ORDER BY issued_at DESC, payment_id DESC LIMIT $4
"""


class PostgresNotifierReads:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def invoices(self, user_id: str | None, after: Place | None, most: int) -> Sequence[Invoice]:
        issued_at, payment_id = after or (None, None)
        async with self._database.reading() as connection:
            rows = await connection.fetch(_INVOICES, user_id, issued_at, payment_id, most)
        return [mapping.invoice(InvoiceRow(**row)) for row in rows]

    async def invoice(self, payment_id: UUID) -> Invoice | None:
        async with self._database.reading() as connection:
            row = await connection.fetchrow("SELECT * FROM invoices WHERE payment_id = $1", payment_id)
        return mapping.invoice(InvoiceRow(**row)) if row else None
