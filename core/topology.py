"""Exchanges and queues, derived from the table of reactions: nothing about them is written down twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.contracts.message import Message
from core.reacting import When, messages
from core.reactions import REACTIONS


@dataclass(frozen=True, slots=True)
class QueueSpec:
    """One queue of one consumer, bound to one exchange with the routing keys of what it handles."""

    name: str
    exchange: str
    kinds: tuple[str, ...]
    consumer: str
    """The role, and for a gateway its name: "payment", "gateway-a"."""
    perishable: bool = False


@dataclass(frozen=True, slots=True)
class Topology:
    """All exchanges and all queues for the configured gateways."""

    exchanges: tuple[str, ...]
    queues: tuple[QueueSpec, ...]

    def of(self, consumer: str) -> tuple[QueueSpec, ...]:
        return tuple(queue for queue in self.queues if queue.consumer == consumer)

    def bound_to(self, exchange: str, kind: str) -> tuple[QueueSpec, ...]:
        return tuple(queue for queue in self.queues if queue.exchange == exchange and kind in queue.kinds)


def consumers(gateways: Sequence[str]) -> tuple[str, ...]:
    return ("payment", "subscription", *(f"gateway-{name}" for name in gateways), "notifier", "activator")


def topology(gateways: Sequence[str]) -> Topology:
    """The topology of an installation with these gateways."""
    rows = messages(REACTIONS)
    exchanges = dict.fromkeys(exchange for row in rows for exchange in _exchanges(row.message, gateways))
    queues = [queue for consumer in consumers(gateways) for queue in _queues(consumer, rows)]
    return Topology(tuple(exchanges), tuple(queues))


def contracts() -> tuple[type[Message], ...]:
    """Every message kind there is."""
    return tuple(row.message for row in messages(REACTIONS))


def _exchanges(message: type[Message], gateways: Sequence[str]) -> Iterable[str]:
    if "{gateway}" not in message.topic:
        return (message.topic,)
    return (message.topic.format(gateway=name) for name in gateways)


def _queues(consumer: str, rows: Sequence[When]) -> Iterable[QueueSpec]:
    role, _, gateway = consumer.partition("-")
    handled = [row.message for row in rows if role in row.reactions]
    for topic in dict.fromkeys(message.topic for message in handled):
        kinds = tuple(message.kind for message in handled if message.topic == topic)
        perishable = any(message.perishable for message in handled if message.topic == topic)
        name = f"billow.{consumer}.{topic.rpartition('.')[2]}"
        yield QueueSpec(name, topic.format(gateway=gateway), kinds, consumer, perishable)
