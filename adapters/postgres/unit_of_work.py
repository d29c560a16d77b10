"""The unit of work: one transaction, its collections, and everything they have to say at commit."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from tortoise.backends.asyncpg.client import TransactionWrapper

from adapters.postgres.database import Database
from adapters.postgres.errors import translated
from adapters.postgres.messaging.inbox import PostgresInbox
from adapters.postgres.messaging.outbox import PostgresOutbox
from adapters.postgres.messaging.relaying import PostgresRelayTx
from adapters.postgres.messaging.retries import PostgresRetries
from adapters.postgres.sql import Sql
from core.contracts.message import Message
from core.kernel.clock import Clock
from core.messaging.envelope import Trace
from core.messaging.ports import WireFormat

T = TypeVar("T", bound="PostgresTx")
C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Parts:
    """What a transaction is made of."""

    db: TransactionWrapper
    clock: Clock
    wire: WireFormat
    source: str


class PostgresTx:
    """Base of each role's transaction. A role adds collections with `self.own(...)`, in the order they are written."""

    def __init__(self, parts: Parts) -> None:
        self.db = parts.db
        self.sql: Sql = parts.db._connection
        self.now = parts.clock.now()
        self.inbox = PostgresInbox(self.sql, self.now)
        self.retries = PostgresRetries(self.sql, self.now)
        self.outbox = PostgresOutbox(self.sql, parts.wire, parts.source, self.now)
        self._owned: list[Any] = []

    def own(self, collection: C) -> C:
        self._owned.append(collection)
        return collection

    @property
    def correlation_id(self) -> str:
        """The chain of messages that the work at hand belongs to; empty outside of any."""
        return self.outbox.trace.correlation_id if self.outbox.trace else ""

    def because(self, trace: Trace) -> None:
        self.outbox.trace = trace

    async def preload(self, messages: Sequence[Message]) -> None:
        """Roles that gain from it read here, in a few statements, what the messages will need."""

    async def flush(self) -> int:
        """Write all changes, in order; answers how many things were written."""
        written = 0
        for collection in self._owned:
            written += await collection.flush()
        return written + await self.outbox.flush()


class PostgresTransactions(Generic[T]):
    """Opens one role's transactions and says so after each commit of a change: somebody may wait for rows."""

    def __init__(
        self,
        database: Database,
        make: Callable[[Parts], T],
        clock: Clock,
        wire: WireFormat,
        source: str,
        committed: Callable[[], None] = lambda: None,
    ) -> None:
        self._database, self._make, self._committed = database, make, committed
        self._clock, self._wire, self._source = clock, wire, source

    def __call__(self, trace: Trace | None = None) -> AbstractAsyncContextManager[T]:
        return self._open(trace)

    @asynccontextmanager
    async def _open(self, trace: Trace | None) -> AsyncIterator[T]:
        with translated():
            async with self._database.transaction() as db:
                tx = self._make(Parts(db, self._clock, self._wire, self._source))
                if trace is not None:
                    tx.because(trace)
                yield tx
                written = await tx.flush()
        if written:
            self._committed()


class RelayTransactions:
    """Opens the relay's transactions on one role's outbox."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[PostgresRelayTx]:
        with translated():
            async with self._database.transaction() as db:
                yield PostgresRelayTx(db._connection, self._clock.now())
