"""The inbox: handled message ids, noted in the same transaction as the effect."""

from collections.abc import Sequence
from datetime import datetime

from adapters.postgres.sql import Sql

_NOTE = """
INSERT INTO inbox (key, handled_at) SELECT unnest($1::text[]), $2 ORDER BY 1 ON CONFLICT DO NOTHING RETURNING key
"""


class PostgresInbox:
    def __init__(self, sql: Sql, now: datetime) -> None:
        self._sql, self._now = sql, now

    async def fresh(self, consumer: str, ids: Sequence[str]) -> set[str]:
        prefix = consumer + "/"
        rows = await self._sql.fetch(_NOTE, [prefix + id for id in ids], self._now)
        return {row["key"][len(prefix) :] for row in rows}
