"""A publish is one row for every queue bound for the message, in one statement for the whole batch."""

from collections.abc import Sequence

from adapters.inprocess.bells import Bells
from adapters.inprocess.store import Store, headers_of
from adapters.inprocess.tables import PUT
from core.kernel.trouble import Unavailable
from core.messaging.ports import Outgoing
from core.topology import QueueSpec, Topology

PERISHABLE_SECONDS = 120.0


class PostgresPublisher:
    def __init__(self, store: Store, topology: Topology, bells: Bells) -> None:
        self._store, self._topology, self._bells = store, topology, bells
        self._outward = frozenset(topology.exchanges) - {queue.exchange for queue in topology.queues}

    async def publish(self, batch: Sequence[Outgoing]) -> Sequence[str | None]:
        routes = [self._topology.bound_to(one.exchange, one.routing_key) for one in batch]
        put = [(one, queue) for one, queues in zip(batch, routes, strict=True) for queue in queues]
        try:
            await self._put(put)
        except Unavailable as error:
            return [str(error)] * len(batch)
        return [self._why_not(one, queues) for one, queues in zip(batch, routes, strict=True)]

    def _why_not(self, one: Outgoing, queues: Sequence[QueueSpec]) -> str | None:
        """On an exchange for others alone it is no fault that nobody listens."""
        if queues or one.exchange in self._outward:
            return None
        return f"unroutable: no queue is bound to {one.exchange} for {one.routing_key}"

    async def _put(self, put: Sequence[tuple[Outgoing, QueueSpec]]) -> None:
        if not put:
            return
        await self._store.run(
            PUT,
            [queue.name for _, queue in put],
            [headers_of(one.wire) for one, _ in put],
            [one.wire.content_type for one, _ in put],
            [one.wire.body for one, _ in put],
            [PERISHABLE_SECONDS if queue.perishable else None for _, queue in put],
        )
        for name in {queue.name for _, queue in put}:
            self._bells.ring(name)
