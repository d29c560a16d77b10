"""What operators look at: plain reads that lock nothing."""

from collections.abc import Sequence

from adapters.postgres.database import Database
from adapters.postgres.gateway import mapping
from adapters.postgres.gateway.rows import ChargeRow
from core.gateway.model import Charge, JournalState
from core.gateway.ports import Place

_CHARGES = """
SELECT * FROM charges WHERE state = $1 AND ($2::timestamptz IS NULL OR (ordered_at, key) > ($2, $3))
ORDER BY ordered_at, key LIMIT $4
"""


class PostgresGatewayReads:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def charges(self, state: JournalState, after: Place | None, most: int) -> Sequence[Charge]:
        ordered_at, key = after or (None, None)
        async with self._database.reading() as connection:
            rows = await connection.fetch(_CHARGES, state.value, ordered_at, key, most)
        return [mapping.charge(ChargeRow(**row)) for row in rows]
