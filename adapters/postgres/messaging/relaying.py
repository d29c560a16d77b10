"""The relay's view of the outbox. A lease is `available_at` in the future: a relay that dies is followed by another."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from adapters.postgres.sql import Sql
from core.messaging.envelope import Wire
from core.messaging.ports import OutboxRow, Outgoing

LEASE = timedelta(seconds=60)
"""Longer than a publish may take, so that two relays rarely publish the same row; if they do, inboxes drop one."""
LONGEST_BACK_OFF = timedelta(minutes=1)

_FORGET = "DELETE FROM outbox WHERE expires_at <= $1"
_LEASE = """
UPDATE outbox SET available_at = $2 WHERE position IN (
  SELECT position FROM outbox WHERE available_at <= $1 ORDER BY position LIMIT $3 FOR UPDATE SKIP LOCKED)
RETURNING position, id, exchange, routing_key, headers, body, content_type, attempts
"""
_FAILED = """
UPDATE outbox SET attempts = attempts + 1, last_error = f.error, available_at = f.again
FROM unnest($1::bigint[], $2::text[], $3::timestamptz[]) AS f(at, error, again) WHERE position = f.at
"""


class PostgresRelayTx:
    def __init__(self, sql: Sql, now: datetime) -> None:
        self._sql, self._now = sql, now

    async def lease(self, most: int) -> Sequence[OutboxRow]:
        await self._sql.execute(_FORGET, self._now)
        rows = await self._sql.fetch(_LEASE, self._now, self._now + LEASE, most)
        return sorted(map(_outbox_row, rows), key=lambda row: row.position)

    async def published(self, rows: Sequence[OutboxRow]) -> None:
        await self._sql.execute("DELETE FROM outbox WHERE position = ANY($1)", [row.position for row in rows])

    async def failed(self, rows: Sequence[tuple[OutboxRow, str]]) -> None:
        again = [self._now + back_off(row.attempts) for row, _ in rows]
        await self._sql.execute(_FAILED, [row.position for row, _ in rows], [error for _, error in rows], again)


def back_off(failures: int) -> timedelta:
    """Twice as long after each failure: 0.5 s, 1 s, 2 s, … up to a minute."""
    return min(timedelta(seconds=0.5 * 2 ** min(failures, 10)), LONGEST_BACK_OFF)


def _outbox_row(row: Any) -> OutboxRow:
    wire = Wire(json.loads(row["headers"]), row["body"], row["content_type"])
    return OutboxRow(row["position"], row["id"], Outgoing(row["exchange"], row["routing_key"], wire), row["attempts"])
