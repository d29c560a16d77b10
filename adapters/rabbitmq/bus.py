"""The bus on RabbitMQ."""

import asyncio
from types import TracebackType

from adapters.rabbitmq.connection import Connection
from adapters.rabbitmq.dead_letters import RabbitDeadLetters
from adapters.rabbitmq.publisher import RabbitPublisher
from adapters.rabbitmq.queue import RabbitQueue
from core.kernel.clock import Clock
from core.topology import Topology


class RabbitBus:
    """One connection for publishing and one for consuming, so that a blocked publisher never stops a consumer.
    Seconds: `connect_timeout` for opening, `publish_timeout` for a confirm."""

    def __init__(
        self,
        url: str,
        topology: Topology,
        clock: Clock,
        *,
        name: str = "billow",
        prefetch: int = 200,
        connect_timeout: float = 10.0,
        publish_timeout: float = 10.0,
    ) -> None:
        self._prefetch, self._timeout = prefetch, connect_timeout
        self._publishing = Connection(url, f"{name} publishing", connect_timeout)
        self._consuming = Connection(url, f"{name} consuming", connect_timeout)
        outward = frozenset(topology.exchanges) - {queue.exchange for queue in topology.queues}
        self.publisher = RabbitPublisher(self._publishing, outward, publish_timeout)
        lasting = [queue.name for queue in topology.queues if not queue.perishable]
        self.dead_letters = RabbitDeadLetters(lasting, self._consuming, self.publisher, clock, connect_timeout)
        self._queues: dict[str, RabbitQueue] = {}

    def queue(self, name: str) -> RabbitQueue:
        if name not in self._queues:
            self._queues[name] = RabbitQueue(name, self._consuming, self._prefetch, self._timeout)
        return self._queues[name]

    async def check(self) -> None:
        for connection in (self._publishing, self._consuming):
            await connection.close_quietly(await connection.channel())

    async def idle(self) -> bool:
        """Nothing is on its way to or in the queues that this process opened."""
        return all(await asyncio.gather(*(queue.idle() for queue in self._queues.values())))

    async def __aenter__(self) -> "RabbitBus":
        """Connect, so that a wrong URL is told at the start. Raises `Unavailable` within the deadline."""
        await self.check()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """What is unsettled goes back to its queue."""
        for queue in self._queues.values():
            await queue.close()
        await self._consuming.drop()
        await self._publishing.drop()
