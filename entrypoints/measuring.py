"""Asks the databases and the broker, now and then, what waits: the gauges of `/metrics`."""

import asyncio
import logging
from collections.abc import Collection, Mapping
from math import nan

from adapters.postgres.database import Database
from adapters.postgres.measures import Measures, measure
from core.kernel.clock import Clock
from core.kernel.trouble import Unavailable
from core.messaging.ports import DeadLetters
from entrypoints.loops import unless
from entrypoints.metrics import Metrics

log = logging.getLogger(__name__)

EVERY_SECONDS = 5.0
BOUND_SECONDS = 4.0
"""What takes longer counts as away."""


class Measuring:
    """A loop beside the others. What cannot be asked becomes NaN, which is neither zero nor the last good value.
    Ages are by `clock`; `queues` are those whose dead letters are ours to count."""

    name, idle = "measuring", True

    def __init__(
        self,
        metrics: Metrics,
        databases: Mapping[str, Database],
        letters: DeadLetters,
        queues: Collection[str],
        clock: Clock,
    ) -> None:
        self._metrics, self._databases, self._clock = metrics, databases, clock
        self._letters, self._queues = letters, queues
        self._last: dict[str, Measures] = {}

    async def step(self, stopping: asyncio.Event) -> None:
        await self.look()
        await unless(stopping, asyncio.sleep(EVERY_SECONDS))

    async def look(self) -> None:
        """All at once: one that is away does not keep the others from being seen."""
        await asyncio.gather(*map(self._role, self._databases), self._dead_letters())

    async def _role(self, schema: str) -> None:
        database, role = self._databases[schema], schema.replace("_", "-")
        try:
            async with asyncio.timeout(BOUND_SECONDS):
                found = self._last[schema] = await measure(database, schema, self._clock.now())
        except (Unavailable, TimeoutError) as trouble:
            log.warning("not measured", extra={"role": role, "trouble": str(trouble)})
            found = dict.fromkeys(self._last.get(schema, {}), nan)
        for (name, *of), value in found.items():
            self._metrics.role(role, name, tuple(of), value)
        self._metrics.role(role, "database_slots_in_use", (), database.slots_in_use)

    async def _dead_letters(self) -> None:
        try:
            async with asyncio.timeout(BOUND_SECONDS):
                depths: Mapping[str, float] = await self._letters.depths()
        except (Unavailable, TimeoutError) as trouble:
            log.warning("dead letters not counted", extra={"trouble": str(trouble)})
            depths = dict.fromkeys(self._queues, nan)
        for queue in self._queues:
            self._metrics.parked(queue, depths.get(queue, 0))
