"""The clockwork: APScheduler looks at each tick of the table once a period; what is due is a question to the data."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any, Protocol
from uuid import uuid4

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from core.kernel.trouble import Unavailable
from core.messaging.envelope import Trace
from core.messaging.following import following
from core.messaging.ports import Transactions
from core.messaging.shapes import Tick
from core.messaging.watching import Done
from entrypoints.metrics import Metrics

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ticking:
    """One tick of one role, with its period. Two schedulers at once share the work: rows are claimed."""

    name: str
    period: timedelta
    tick: Tick[Any]
    transactions: Transactions[Any]

    async def __call__(self) -> None:
        """Everything that is due now, in bounded pieces."""
        more = True
        while more:
            cause = str(uuid4())
            with following(cause):
                async with self.transactions(Trace(cause, cause)) as tx:
                    more = await self.tick(tx)


class Periodic(Protocol):
    """Something that is done once in a period."""

    @property
    def name(self) -> str: ...

    @property
    def period(self) -> timedelta: ...

    async def __call__(self) -> None: ...


class Scheduler:
    """APScheduler, which only ticks, in UTC. The work is done in tasks of our own: its shutdown cancels its jobs."""

    def __init__(self, tickings: Sequence[Periodic], metrics: Metrics) -> None:
        self._tickings, self._metrics = tickings, metrics
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    def start(self) -> None:
        self._scheduler.start()
        for ticking in self._tickings:
            self._kick(ticking)
            trigger = IntervalTrigger(seconds=int(ticking.period.total_seconds()), timezone=UTC)
            self._scheduler.add_job(self._look, trigger, [ticking], misfire_grace_time=None, coalesce=True)

    async def _look(self, ticking: Periodic) -> None:
        """A coroutine, so that it runs on our loop: plain functions are run in a thread, where no task can be made."""
        self._kick(ticking)

    def _kick(self, ticking: Periodic) -> None:
        running = self._tasks.get(ticking.name)
        if running is None or running.done():
            self._tasks[ticking.name] = asyncio.create_task(self._run(ticking), name=f"tick {ticking.name}")

    async def _run(self, ticking: Periodic) -> None:
        became: Done = "failed"
        try:
            await ticking()
            became = "done"
        except Unavailable as trouble:
            log.warning("tick put off", extra={"tick": ticking.name, "trouble": str(trouble)})
        except Exception:
            log.exception("tick failed", extra={"tick": ticking.name})
        self._metrics.tick(ticking.name, became)

    async def stop(self) -> None:
        self._scheduler.shutdown(wait=False)
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
