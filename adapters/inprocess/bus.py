"""The bus on PostgreSQL."""

from contextlib import suppress
from types import TracebackType
from uuid import uuid4

from adapters.inprocess.bells import Bells
from adapters.inprocess.dead_letters import PostgresDeadLetters
from adapters.inprocess.publisher import PostgresPublisher
from adapters.inprocess.queue import PostgresQueue
from adapters.inprocess.store import Store
from adapters.inprocess.tables import HAND_ALL_BACK, IS_EMPTY, TABLES
from core.kernel.clock import Clock
from core.kernel.trouble import Unavailable
from core.topology import Topology


class PostgresBus:
    """Open it with `async with`. `lease`: seconds a receiver has before a message is delivered again."""

    def __init__(self, url: str, topology: Topology, clock: Clock, *, lease: float = 60.0, slots: int = 8) -> None:
        self._store, self._bells, self._holder, self._lease = Store(url, slots), Bells(), uuid4(), lease
        self.publisher = PostgresPublisher(self._store, topology, self._bells)
        lasting = [queue.name for queue in topology.queues if not queue.perishable]
        self.dead_letters = PostgresDeadLetters(lasting, self._store, self._bells, clock)
        self._queues: dict[str, PostgresQueue] = {}

    def queue(self, name: str) -> PostgresQueue:
        if name not in self._queues:
            self._queues[name] = PostgresQueue(name, self._store, self._bells, self._holder, self._lease)
        return self._queues[name]

    async def check(self) -> None:
        await self._store.value("SELECT 1")

    async def idle(self) -> bool:
        """Nothing is on its way: no message waits, and none is being handled."""
        return bool(await self._store.value(IS_EMPTY))

    async def __aenter__(self) -> "PostgresBus":
        await self._store.open(TABLES)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """What is unsettled can be received at once by the next bus."""
        for queue in self._queues.values():
            await queue.close()
        with suppress(Unavailable):
            await self._store.run(HAND_ALL_BACK, self._holder)
        await self._store.close()
