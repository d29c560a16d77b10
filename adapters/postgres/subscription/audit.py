"""What the audit compares with the payments."""

from datetime import datetime
from uuid import UUID

from adapters.postgres.database import Database

_OVERDUE = "SELECT id FROM subscriptions WHERE next_due_at <= $1"


class PostgresSubscriptionAudit:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def billed(self) -> frozenset[UUID]:
        """The payment id of every period that was billed."""
        async with self._database.reading() as connection:
            rows = await connection.fetch("SELECT payment_id FROM billed_periods")
        return frozenset(row["payment_id"] for row in rows)

    async def unbilled(self, now: datetime) -> frozenset[UUID]:
        """The subscriptions with something due that nobody has done yet."""
        async with self._database.reading() as connection:
            return frozenset(row["id"] for row in await connection.fetch(_OVERDUE, now))
