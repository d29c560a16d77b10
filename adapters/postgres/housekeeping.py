"""Rows whose time is over are removed, so that a database does not grow for ever."""

from dataclasses import dataclass
from datetime import timedelta

from adapters.postgres.database import Database
from core.kernel.clock import Clock

INBOX_KEPT = timedelta(days=90)
"""How late a message may come a second time and still be known: longer than any parked message should wait."""
KEYS_KEPT = timedelta(days=3)
"""Idempotency keys are promised for 24 hours."""

_HAS_KEYS = "SELECT to_regclass('idempotency_keys') IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """Tidies one role's schema once a day."""

    schema: str
    database: Database
    clock: Clock
    period: timedelta = timedelta(days=1)

    @property
    def name(self) -> str:
        return f"{self.schema} housekeeping"

    async def __call__(self) -> None:
        now = self.clock.now()
        async with self.database.reading() as sql:
            await sql.execute("DELETE FROM inbox WHERE handled_at < $1", now - INBOX_KEPT)
            if await sql.fetchval(_HAS_KEYS):
                await sql.execute("DELETE FROM idempotency_keys WHERE stored_at < $1", now - KEYS_KEPT)
