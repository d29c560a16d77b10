"""What a role's database says about work that waits: numbers of rows, and ages in seconds."""

from collections.abc import Mapping
from datetime import datetime

from adapters.postgres.database import Database
from adapters.postgres.sql import Sql

Measures = Mapping[tuple[str, ...], float]
"""By name and, where there are several of that name, of what: ("errands_due", "SendNotice")."""

_WAITING = """
SELECT count(*) AS outbox, min(created_at) AS oldest, (SELECT count(*) FROM retries) AS retries FROM outbox
"""
_UNRESOLVED = """
SELECT min(first_sent_at) FROM charges
WHERE state <> 'succeeded' AND state IN ('submitting', 'pending', 'unknown', 'manual_review')
"""
_ERRANDS: Mapping[str, Mapping[str, str]] = {
    "gateway": {"ChargeThroughProvider": "charges", "RefundThroughProvider": "refunds"},
    "notifier": {"MakeInvoiceFile": "invoices", "SendNotice": "notices"},
}
"""By role: the table in which each errand's rows wait."""


async def measure(database: Database, schema: str, now: datetime) -> Measures:
    """Raises `Unavailable` when the database does not answer."""
    role = schema.partition("_")[0]
    async with database.reading() as sql:
        waiting = await sql.fetchrow(_WAITING)
        found: dict[tuple[str, ...], float] = {
            ("outbox_rows",): waiting["outbox"],
            ("outbox_oldest_seconds",): _age(waiting["oldest"], now),
            ("retries_rows",): waiting["retries"],
        }
        for errand, table in _ERRANDS.get(role, {}).items():
            found["errands_due", errand] = await _due(sql, table, now)
        if role == "gateway":
            found[("charge_in_doubt_oldest_seconds",)] = _age(await sql.fetchval(_UNRESOLVED), now)
    return found


async def _due(sql: Sql, table: str, now: datetime) -> int:
    count: int = await sql.fetchval(f"SELECT count(*) FROM {table} WHERE available_at <= $1", now)  # noqa: S608
    return count


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
