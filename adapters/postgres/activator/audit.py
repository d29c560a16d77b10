"""What the audit compares with those who owe."""

from adapters.postgres.database import Database
from core.activator.policy import OverdueState

_BLOCKED = "SELECT user_id FROM accesses WHERE state = ANY($1::text[])"
_UNPAID = "SELECT DISTINCT user_id FROM payment_facts WHERE outcome = 'failed'"


class PostgresActivatorAudit:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def blocked(self) -> frozenset[str]:
        """Everybody whose answer is "blocked"."""
        states = [state.value for state in OverdueState if state.blocks]
        async with self._database.reading() as connection:
            return frozenset(row["user_id"] for row in await connection.fetch(_BLOCKED, states))

    async def owing(self) -> frozenset[str]:
        """Everybody of whom an unpaid request is known."""
        async with self._database.reading() as connection:
            return frozenset(row["user_id"] for row in await connection.fetch(_UNPAID))
