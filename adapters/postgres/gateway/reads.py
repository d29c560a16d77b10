"""What operators look at: plain reads that lock nothing."""

from collections.abc import Sequence
from typing import Any

from adapters.postgres.database import Database
from adapters.postgres.gateway import mapping
from adapters.postgres.gateway.rows import ChargeRow, RefundRow
from core.gateway.model import Charge, JournalState, Refund
from core.gateway.ports import Place

_PAGE = """
SELECT * FROM {table} WHERE state = $1 AND ($2::timestamptz IS NULL OR (ordered_at, key) > ($2, $3))
ORDER BY ordered_at, key LIMIT $4
"""


class PostgresGatewayReads:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def charges(self, state: JournalState, after: Place | None, most: int) -> Sequence[Charge]:
        return [mapping.charge(ChargeRow(**row)) for row in await self._page("charges", state, after, most)]

    async def refunds(self, state: JournalState, after: Place | None, most: int) -> Sequence[Refund]:
        return [mapping.refund(RefundRow(**row)) for row in await self._page("refunds", state, after, most)]

    async def _page(self, table: str, state: JournalState, after: Place | None, most: int) -> Sequence[Any]:
        ordered_at, key = after or (None, None)
        async with self._database.reading() as connection:
            return list(await connection.fetch(_PAGE.format(table=table), state.value, ordered_at, key, most))
