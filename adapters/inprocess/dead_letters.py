"""Parked messages: rows that nothing takes by itself."""

from collections.abc import Iterable, Mapping, Sequence

from adapters.inprocess.bells import Bells
from adapters.inprocess.store import Store, headers_of, wire_of
from adapters.inprocess.tables import DEPTHS, LIST_DEAD, PARK, REPLAY
from core.kernel.clock import Clock
from core.kernel.trouble import Unavailable
from core.messaging.envelope import Wire
from core.messaging.ports import DeadLetter


class PostgresDeadLetters:
    """`queues` have dead letters; perishable ones have none."""

    def __init__(self, queues: Iterable[str], store: Store, bells: Bells, clock: Clock) -> None:
        self._queues, self._store, self._bells, self._clock = tuple(queues), store, bells, clock

    async def park(self, queue: str, wire: Wire, reason: str) -> None:
        """Raises `Unavailable` when it is not kept."""
        if queue not in self._queues:
            raise Unavailable(f"{queue} has no dead letters")
        headers, text = headers_of(wire), reason.replace("\0", "")
        await self._store.run(PARK, queue, headers, wire.content_type, wire.body, text, self._clock.now())

    async def list(self, queue: str, most: int = 100) -> Sequence[DeadLetter]:
        rows = await self._store.rows(LIST_DEAD, queue, most)
        return [DeadLetter(str(row["id"]), queue, wire_of(row), row["reason"], row["parked_at"]) for row in rows]

    async def replay(self, queue: str, ids: Iterable[str] | None = None) -> int:
        chosen = None if ids is None else [int(name) for name in ids if name.isascii() and name.isdigit()]
        count = await self._store.value(REPLAY, queue, chosen)
        self._bells.ring(queue)
        return int(count)

    async def depths(self) -> Mapping[str, int]:
        known = {row["queue"]: int(row["depth"]) for row in await self._store.rows(DEPTHS)}
        return {queue: known.get(queue, 0) for queue in self._queues}
