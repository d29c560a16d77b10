"""What the audit compares of a gateway: its whole journals."""

from collections.abc import Sequence

from adapters.postgres.database import Database
from adapters.postgres.gateway import mapping
from adapters.postgres.gateway.rows import ChargeRow, RefundRow
from core.gateway.model import Charge, Refund


class PostgresGatewayAudit:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def charges(self) -> Sequence[Charge]:
        async with self._database.reading() as connection:
            rows = await connection.fetch("SELECT * FROM charges ORDER BY key")
        return [mapping.charge(ChargeRow(**row)) for row in rows]

    async def refunds(self) -> Sequence[Refund]:
        async with self._database.reading() as connection:
            rows = await connection.fetch("SELECT * FROM refunds ORDER BY key")
        return [mapping.refund(RefundRow(**row)) for row in rows]
