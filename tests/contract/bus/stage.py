"""A bus with three queues, and what tests do with it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from itertools import count

from core.messaging.envelope import Wire
from core.messaging.ports import Bus, Delivery, Outgoing, Queue
from core.topology import QueueSpec, Topology

SECONDS = 30.0
A_MOMENT = 0.4


@dataclass(frozen=True)
class Stage:
    """`bus` is open; `open()` opens another on the same broker, as another process would."""

    bus: Bus
    open: Callable[[], AbstractAsyncContextManager[Bus]]
    topology: Topology

    @property
    def names(self) -> list[str]:
        return [queue.name for queue in self.topology.queues]

    def queue(self, number: int = 0) -> Queue:
        return self.bus.queue(self.names[number])

    async def publish(self, *ids: str, kind: str = "both.v1") -> Sequence[str | None]:
        return await self.bus.publisher.publish([self.outgoing(name, kind) for name in ids])

    def outgoing(self, name: str, kind: str = "both.v1") -> Outgoing:
        return Outgoing(self.topology.exchanges[0], kind, wire(name))

    def perishable(self, name: str) -> Outgoing:
        return Outgoing(self.topology.exchanges[1], "card.v1", wire(name))


def topology_of(tag: str) -> Topology:
    """Names that no other test uses."""
    orders, cards, news = f"billow.{tag}.orders", f"billow.{tag}.cards", f"billow.{tag}.news"
    return Topology(
        (orders, cards, news),
        (
            QueueSpec(f"billow.{tag}-one.orders", orders, ("both.v1", "one.v1"), "one"),
            QueueSpec(f"billow.{tag}-two.orders", orders, ("both.v1",), "two"),
            QueueSpec(f"billow.{tag}-a.cards", cards, ("card.v1",), "gateway-a", perishable=True),
        ),
    )


def wire(name: str, body: bytes = b'{"n": 1}') -> Wire:
    return Wire({"ce-id": name, "ce-source": "test", "ce-subject": "größe ✓"}, body)


def ids(deliveries: Sequence[Delivery]) -> list[str]:
    return [delivery.wire.message_id for delivery in deliveries]


async def take(queue: Queue, count: int) -> list[Delivery]:
    """Exactly so many deliveries; fails when they do not come."""
    taken: list[Delivery] = []
    async with asyncio.timeout(SECONDS):
        while len(taken) < count:
            taken += await queue.receive(count - len(taken))
    return taken


async def is_empty(queue: Queue) -> bool:
    """Nothing comes for a moment; what comes nevertheless is handed back."""
    try:
        async with asyncio.timeout(A_MOMENT):
            await queue.hand_back(await queue.receive(1))
    except TimeoutError:
        return True
    return False


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Ask again and again, until it is so; fail when it is not in time."""
    async with asyncio.timeout(SECONDS):
        for _ in count():
            if await condition():
                return
            await asyncio.sleep(0.05)
