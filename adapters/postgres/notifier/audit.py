"""What the audit compares of the notifier: every invoice, every number given, and what became of the notices."""

from collections.abc import Mapping, Sequence

from adapters.postgres.database import Database
from adapters.postgres.notifier import mapping
from adapters.postgres.notifier.rows import InvoiceRow, NoticeRow
from core.notifier.model import Invoice, Notice

_INVOICES = "SELECT * FROM invoices ORDER BY series, year, serial"


class PostgresNotifierAudit:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def invoices(self) -> Sequence[Invoice]:
        """Those that wait without a number come last."""
        async with self._database.reading() as connection:
            return [mapping.invoice(InvoiceRow(**row)) for row in await connection.fetch(_INVOICES)]

    async def series(self) -> Mapping[str, int]:
        """The last serial given in each "<series>/<year>"."""
        async with self._database.reading() as connection:
            rows = await connection.fetch("SELECT key, last_serial FROM invoice_series ORDER BY key")
        return {row["key"]: row["last_serial"] for row in rows}

    async def notices(self) -> Sequence[Notice]:
        async with self._database.reading() as connection:
            rows = await connection.fetch("SELECT * FROM notices ORDER BY at, id")
        return [mapping.notice(NoticeRow(**row)) for row in rows]
