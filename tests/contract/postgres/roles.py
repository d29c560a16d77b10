"""A role's data in memory and on PostgreSQL: which classes stand on either side."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from tests.conftest import ManualClock

Transactions = Callable[[], AbstractAsyncContextManager[Any]]


@dataclass(frozen=True)
class Role:
    """Somewhere to keep what a role keeps, and to look at it."""

    open: Transactions
    reads: Any


@dataclass(frozen=True)
class Sides:
    """What a folder's conftest says."""

    schema: str
    tx: type[Any]
    reads: type[Any]
    memory_tx: type[Any]
    memory_reads: type[Any]
    atomic: Callable[[Any], AbstractAsyncContextManager[Any]] = nullcontext
    """Makes a transaction in memory roll back, where a suite needs that."""

    def in_memory(self, clock: ManualClock) -> Role:
        tx = self.memory_tx(clock.now())

        @asynccontextmanager
        async def opened():
            tx.now = clock.now()
            async with self.atomic(tx):
                yield tx

        return Role(opened, self.memory_reads(tx))
