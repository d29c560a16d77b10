"""Messages to be handled later."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from adapters.postgres.sql import Sql
from core.kernel.ids import derived
from core.messaging.envelope import Wire
from core.messaging.ports import PutOff

_PUT = """
INSERT INTO retries (key, queue, headers, body, content_type, attempts, reason, available_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (key) DO UPDATE
SET attempts = excluded.attempts, reason = excluded.reason, available_at = excluded.available_at
"""
_DUE = """
SELECT * FROM retries WHERE queue = $1 AND available_at <= $2 ORDER BY available_at LIMIT $3 FOR UPDATE SKIP LOCKED
"""


class PostgresRetries:
    def __init__(self, sql: Sql, now: datetime) -> None:
        self._sql, self._now = sql, now

    async def put_off(self, message: PutOff) -> None:
        wire, reason = message.wire, _storable(message.reason)
        content = (message.queue, json.dumps(_headers(wire)), wire.body, wire.content_type)
        await self._sql.execute(_PUT, _key(message), *content, message.attempts, reason, message.available_at)

    async def due(self, queue: str, most: int) -> Sequence[PutOff]:
        return [_put_off(row) for row in await self._sql.fetch(_DUE, queue, self._now, most)]

    async def forget(self, message: PutOff) -> None:
        await self._sql.execute("DELETE FROM retries WHERE key = $1", _key(message))


def _key(message: PutOff) -> str:
    """CloudEvents 1.0: an id is unique for its source only."""
    headers = message.wire.headers
    return f"{message.queue}/{derived('retry', headers.get('ce-source', ''), message.wire.message_id)}"


def _headers(wire: Wire) -> dict[str, str]:
    """Those that make the message; whatever else a sender put there is not needed for another try."""
    return {name: _storable(text) for name, text in wire.headers.items() if name.startswith("ce-")}


def _storable(text: str) -> str:
    """PostgreSQL keeps neither NUL nor lone surrogates."""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode("utf-8")


def _put_off(row: Any) -> PutOff:
    wire = Wire(json.loads(row["headers"]), row["body"], row["content_type"])
    return PutOff(row["queue"], wire, row["attempts"], row["reason"], row["available_at"])
