"""Idempotency keys: in the transaction of the work, under an advisory lock that nobody waits for."""

from dataclasses import dataclass
from datetime import datetime

from adapters.postgres.sql import Sql

_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))"
_FIND = "SELECT fingerprint, status, body FROM idempotency_keys WHERE scope = $1"
_STORE = "INSERT INTO idempotency_keys (scope, fingerprint, status, body, stored_at) VALUES ($1, $2, $3, $4, $5)"


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """`status` is None while another transaction is at work with the key."""

    fingerprint: str
    status: int | None = None
    body: str = ""


class PostgresIdempotencyKeys:
    def __init__(self, sql: Sql, now: datetime) -> None:
        self._sql, self._now = sql, now
        self._claimed: dict[str, str] = {}

    async def claim(self, scope: str, fingerprint: str) -> KeptAnswer | None:
        if not await self._sql.fetchval(_LOCK, scope):
            return KeptAnswer(fingerprint)
        # A statement of its own: its snapshot is newer than the lock, so the last holder's answer is seen.
        row = await self._sql.fetchrow(_FIND, scope)
        self._claimed[scope] = fingerprint
        return KeptAnswer(**row) if row else None

    async def store(self, scope: str, status: int, body: str) -> None:
        await self._sql.execute(_STORE, scope, self._claimed[scope], status, body, self._now)
