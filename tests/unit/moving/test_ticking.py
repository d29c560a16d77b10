"""The scheduler looks again and again, on our own loop."""

import asyncio
from datetime import timedelta

from entrypoints.metrics import Metrics
from entrypoints.ticking import Scheduler


class Periodic:
    """Says when it was looked at for the third time: at the start, and after each of two periods."""

    name, period = "test", timedelta(seconds=1)

    def __init__(self) -> None:
        self.looks, self.third = 0, asyncio.Event()

    async def __call__(self) -> None:
        self.looks += 1
        if self.looks == 3:
            self.third.set()


async def test_what_is_due_is_looked_at_once_a_period_and_not_only_at_the_start() -> None:
    periodic = Periodic()
    scheduler = Scheduler([periodic], Metrics())
    scheduler.start()
    try:
        async with asyncio.timeout(10):
            await periodic.third.wait()
    finally:
        await scheduler.stop()
