"""The transactional outbox: rows written with the change they announce."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from adapters.postgres.sql import Sql
from core.contracts.message import Message
from core.kernel.ids import derived
from core.messaging.envelope import Envelope, Trace, exchange_of
from core.messaging.ports import WireFormat

_NUMBER = """
INSERT INTO subject_sequences AS s (subject, number) SELECT * FROM unnest($1::text[], $2::bigint[]) ORDER BY 1
ON CONFLICT (subject) DO UPDATE SET number = s.number + excluded.number RETURNING subject, number
"""
_INSERT = """
INSERT INTO outbox
    (id, exchange, routing_key, headers, body, content_type, expires_at, attempts, created_at, available_at)
SELECT *, 0, $8, $8
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::bytea[], $6::text[], $7::timestamptz[])
"""


class PostgresOutbox:
    def __init__(self, sql: Sql, wire: WireFormat, source: str, now: datetime) -> None:
        self._sql, self._wire, self._source, self._now = sql, wire, source, now
        self._added: list[tuple[Message, Trace]] = []
        self._per_cause: Counter[str] = Counter()
        self.trace: Trace | None = None

    def add(self, message: Message) -> None:
        if self.trace is None:
            raise RuntimeError("a message needs a cause: open the transaction with a trace")
        self._added.append((message, self.trace))

    async def flush(self) -> int:
        """Write what was added; answers how many."""
        if not self._added:
            return 0
        added, self._added = self._added, []
        numbers = await self._numbers(Counter(message.subject for message, _ in added))
        rows = [self._row(message, trace, next(numbers[message.subject])) for message, trace in added]
        await self._sql.execute(_INSERT, *map(list, zip(*rows, strict=True)), self._now)
        return len(rows)

    async def _numbers(self, per_subject: Counter[str]) -> dict[str, Iterator[int]]:
        rows = await self._sql.fetch(_NUMBER, list(per_subject), list(per_subject.values()))
        return {r["subject"]: iter(range(r["number"] - per_subject[r["subject"]] + 1, r["number"] + 1)) for r in rows}

    def _row(self, message: Message, trace: Trace, sequence: int) -> tuple[object, ...]:
        self._per_cause[trace.causation_id] += 1
        ordinal = self._per_cause[trace.causation_id]
        id = derived("event", self._source, trace.causation_id, message.kind, message.subject, ordinal)
        wire = self._wire.write(Envelope(id, self._source, self._now, sequence, trace, message))
        expires_at = getattr(message, "expires_at", None) if message.perishable else None
        headers = json.dumps(dict(wire.headers))
        return id, exchange_of(message), message.kind, headers, wire.body, wire.content_type, expires_at
