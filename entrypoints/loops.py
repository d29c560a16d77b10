"""What runs for ever: consumers, relays, errands. Each is one task of ours, that ends between two pieces of work."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Protocol, TypeVar

from core.kernel.trouble import Unavailable
from core.messaging.carrying import Carrier
from core.messaging.ports import Delivery, Queue

log = logging.getLogger(__name__)
R = TypeVar("R")

STOP_SECONDS = 25.0
"""How long a stopping process waits for the work in hand (guarantee G14)."""
IDLE_SECONDS = 0.5
"""How often a loop looks for work that nobody announced: another process's rows, or rows that fell due."""
PAUSE_SECONDS = 1.0
"""The wait after trouble, so that a dead database is not hammered."""


class Nudge:
    """Says "there may be work". What was said while nobody listened is heard at once."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def __call__(self) -> None:
        self._event.set()

    @property
    def pending(self) -> bool:
        return self._event.is_set()

    def hear(self) -> None:
        self._event.clear()

    async def wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except TimeoutError:
            return


class Loop(Protocol):
    """A piece of work that is done again and again."""

    name: str

    async def step(self, stopping: asyncio.Event) -> None:
        """Wait for work and do one piece of it; return soon after `stopping` is set."""
        ...

    @property
    def idle(self) -> bool:
        """Nothing in hand and nothing announced."""
        ...


class Runner:
    """Runs one loop in a task of its own until stopped; trouble pauses it, never ends it."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self._stopping = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name=loop.name)

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                await self.loop.step(self._stopping)
            except Unavailable as trouble:
                log.warning("waiting for a dependency", extra={"loop": self.loop.name, "trouble": str(trouble)})
                await unless(self._stopping, asyncio.sleep(PAUSE_SECONDS))
            except Exception:
                log.exception("loop failed", extra={"loop": self.loop.name})
                await unless(self._stopping, asyncio.sleep(PAUSE_SECONDS))

    async def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Take nothing new, finish what is in hand; cut it off after `seconds`."""
        self._stopping.set()
        _, late = await asyncio.wait([self._task], timeout=seconds)
        for task in late:
            log.error("cut off", extra={"loop": self.loop.name})
            task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def unless(stopping: asyncio.Event, waiting: "Awaitable[R]") -> R | None:
    """Await something that may be dropped: None if `stopping` is set first."""
    wanted, stop = asyncio.ensure_future(waiting), asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait([wanted, stop], return_when=asyncio.FIRST_COMPLETED)
        return wanted.result() if wanted.done() else None
    finally:
        for task in (wanted, stop):
            task.cancel()
        await asyncio.gather(wanted, stop, return_exceptions=True)


async def persevere(work: Callable[[], Awaitable[bool]], name: str, stopping: asyncio.Event) -> None:
    """Try until it is done. Messages stay in our hands meanwhile: brokers count what is handed back, and at the limit
    an hour without a database would look like poison. What is left when we stop goes back with the connection."""
    while not stopping.is_set():
        try:
            if await work():
                return
        except Unavailable as trouble:
            log.warning("waiting for a dependency", extra={"loop": name, "trouble": str(trouble)})
        except Exception:
            log.exception("loop failed", extra={"loop": name})
        await unless(stopping, asyncio.sleep(PAUSE_SECONDS))


class Consume:
    """A queue whose messages are handled in batches."""

    def __init__(
        self, queue: Queue, handler: Callable[[Queue, Sequence[Delivery]], Awaitable[None]], most: int
    ) -> None:
        self.name, self.idle = f"consume {queue.name}", True
        self._queue, self._handler, self._most = queue, handler, most

    async def step(self, stopping: asyncio.Event) -> None:
        deliveries = await unless(stopping, self._queue.receive(self._most))
        if deliveries:
            self.idle = False
            try:
                await persevere(lambda: self._handle(deliveries), self.name, stopping)
            finally:
                self.idle = True

    async def _handle(self, deliveries: Sequence[Delivery]) -> bool:
        await self._handler(self._queue, deliveries)
        return True


class Together:
    """Tasks that run side by side, so many at a time: a slow one holds up no other."""

    def __init__(self, at_once: int, ended: Callable[[], None] = lambda: None) -> None:
        self._at_once, self._ended = at_once, ended
        self._running: set[asyncio.Task[None]] = set()

    @property
    def free(self) -> int:
        return self._at_once - len(self._running)

    @property
    def idle(self) -> bool:
        return not self._running

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._end)

    def _end(self, task: "asyncio.Task[None]") -> None:
        self._running.discard(task)
        self._ended()

    async def room(self) -> None:
        """Return when another may be started."""
        if not self.free:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)

    async def all_ended(self) -> None:
        await asyncio.gather(*self._running, return_exceptions=True)


class ConsumePerishable:
    """A queue whose messages are asked about one by one, some at a time."""

    def __init__(self, queue: Queue, handler: Callable[[Queue, Delivery], Awaitable[bool]], at_once: int) -> None:
        self.name, self._queue, self._handler = f"consume {queue.name}", queue, handler
        self._together = Together(at_once)

    @property
    def idle(self) -> bool:
        return self._together.idle

    async def step(self, stopping: asyncio.Event) -> None:
        for delivery in await unless(stopping, self._queue.receive(self._together.free)) or ():
            self._together.start(self._one(delivery, stopping))
        await unless(stopping, self._together.room())
        if stopping.is_set():
            await self._together.all_ended()

    async def _one(self, delivery: Delivery, stopping: asyncio.Event) -> None:
        await persevere(lambda: self._handler(self._queue, delivery), self.name, stopping)


class CarryOut:
    """An errand, some items at a time. Whoever ends makes room for the next that is due."""

    def __init__(self, name: str, carrier: Carrier, nudge: "Nudge", at_once: int) -> None:
        self.name, self._carrier, self._nudge, self._busy = name, carrier, nudge, False
        self._together = Together(at_once, ended=nudge)

    @property
    def idle(self) -> bool:
        return not self._busy and self._together.idle and not self._nudge.pending

    async def step(self, stopping: asyncio.Event) -> None:
        await unless(stopping, self._nudge.wait(IDLE_SECONDS))
        self._busy = True
        try:
            self._nudge.hear()
            while not stopping.is_set() and await self._take():
                pass
        finally:
            self._busy = False
        if stopping.is_set():
            await self._together.all_ended()

    async def _take(self) -> bool:
        items = await self._carrier.claim(self._together.free) if self._together.free else ()
        for item in items:
            self._together.start(self._carrier.carry_out(item))
        return bool(items)


class Repeat:
    """Work that says how much it found: done again at once while there is some, else when nudged or after a while."""

    def __init__(self, name: str, work: Callable[[], Awaitable[int]], nudge: Nudge) -> None:
        self.name, self._work, self._nudge, self._busy = name, work, nudge, False

    @property
    def idle(self) -> bool:
        return not self._busy and not self._nudge.pending

    async def step(self, stopping: asyncio.Event) -> None:
        await unless(stopping, self._nudge.wait(IDLE_SECONDS))
        self._busy = True
        try:
            self._nudge.hear()
            while not stopping.is_set() and await self._work():
                pass
        finally:
            self._busy = False


def all_idle(runners: Sequence[Runner]) -> bool:
    return all(runner.loop.idle for runner in runners)


async def stop_all(runners: Sequence[Runner]) -> Any:
    await asyncio.gather(*(runner.stop() for runner in runners))
