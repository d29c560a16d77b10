"""The question products ask: one query, no lock, no aggregate."""

from collections.abc import Sequence

from adapters.postgres.database import Database
from core.activator.policy import OverdueState
from core.activator.ports import Answer
from core.kernel.ids import UserId

_ACCESS = """
SELECT u.id, coalesce(a.state, 'clear') AS state, a.since, a.reasons
FROM users u LEFT JOIN accesses a ON a.user_id = u.id WHERE u.id = ANY($1::text[])
"""


class PostgresActivatorReads:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def access(self, user_ids: Sequence[str]) -> Sequence[Answer]:
        async with self._database.reading() as connection:
            rows = await connection.fetch(_ACCESS, list(user_ids))
        return [
            Answer(UserId(row["id"]), OverdueState(row["state"]).blocks, row["since"], tuple(row["reasons"] or ()))
            for row in rows
        ]
