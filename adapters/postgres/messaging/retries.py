"""Messages to be handled later."""

import json
from collections.abc import Sequence
from datetime import datetime

from adapters.postgres.sql import Sql
from core.messaging.envelope import Wire
from core.messaging.ports import PutOff

_PUT = """
INSERT INTO retries (key, queue, headers, body, content_type, attempts, reason, available_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (key) DO UPDATE SET attempts = excluded.attempts, reason = excluded.reason, available_at = excluded.available_at
"""
_TAKE = """
DELETE FROM retries WHERE key IN (
  SELECT key FROM retries WHERE queue = $1 AND available_at <= $2 ORDER BY available_at LIMIT $3 FOR UPDATE SKIP LOCKED)
RETURNING *
"""


class PostgresRetries:
    def __init__(self, sql: Sql, now: datetime) -> None:
        self._sql, self._now = sql, now

    async def put_off(self, message: PutOff) -> None:
        wire, key = message.wire, f"{message.queue}/{message.wire.message_id}"
        headers, reason = json.dumps(dict(wire.headers)), message.reason
        values = (key, message.queue, headers, wire.body, wire.content_type, message.attempts, reason, message.available_at)
        await self._sql.execute(_PUT, *values)

    async def take_due(self, queue: str, most: int) -> Sequence[PutOff]:
        rows = await self._sql.fetch(_TAKE, queue, self._now, most)
        return [_put_off(row) for row in rows]


def _put_off(row: dict[str, object]) -> PutOff:
    wire = Wire(json.loads(str(row["headers"])), bytes(row["body"]), str(row["content_type"]))  # type: ignore[arg-type]
    return PutOff(str(row["queue"]), wire, int(row["attempts"]), str(row["reason"]), row["available_at"])  # type: ignore
