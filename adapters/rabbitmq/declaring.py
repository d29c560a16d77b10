"""Exchanges, queues and bindings over AMQP: made if missing, compared if there, never deleted."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel
from aiormq.exceptions import ChannelNotFoundEntity, ChannelPreconditionFailed

from adapters.rabbitmq.connection import Connection
from adapters.rabbitmq.names import DEAD_EXCHANGE, dead
from core.topology import QueueSpec, Topology

_QUORUM = {"x-queue-type": "quorum"}
_UNLIMITED = {**_QUORUM, "x-delivery-limit": -1}
"""RabbitMQ 4 drops a quorum queue's message at its 21st delivery unless told otherwise; looking at it counts as one."""

Declare = Callable[[AbstractChannel, bool], Awaitable[Any]]


@dataclass(slots=True)
class Declared:
    made: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)


async def declare(connection: Connection, topology: Topology, server: tuple[int, ...]) -> Declared:
    """Raises `Unavailable`. `server`: its version, whose default delivery limit decides how dead letters are kept."""
    declared = Declared()
    dead_arguments = _UNLIMITED if server >= (4,) else _QUORUM
    for name in (*topology.exchanges, DEAD_EXCHANGE):
        await _ensure(connection, f"exchange {name}", _exchange(name), declared)
    for queue in topology.queues:
        await _ensure(connection, f"queue {queue.name}", _queue(queue.name, _QUORUM), declared)
        if not queue.perishable:
            await _ensure(connection, f"queue {dead(queue.name)}", _queue(dead(queue.name), dead_arguments), declared)
    await _bind(connection, bindings(topology.queues))
    return declared


@dataclass(frozen=True, slots=True)
class Binding:
    exchange: str
    key: str
    queue: str


def bindings(queues: Sequence[QueueSpec]) -> Iterator[Binding]:
    for queue in queues:
        yield from (Binding(queue.exchange, kind, queue.name) for kind in queue.kinds)
        if not queue.perishable:
            yield Binding(DEAD_EXCHANGE, queue.name, dead(queue.name))


async def _ensure(connection: Connection, what: str, make: Declare, declared: Declared) -> None:
    """A failed declaration closes its channel, so each has one of its own."""
    there = await _try(connection, make, passive=True) is None
    problem = await _try(connection, make, passive=False)
    if problem is not None:
        declared.differs.append(f"{what}: {problem}")
    elif not there:
        declared.made.append(what)


async def _try(connection: Connection, make: Declare, *, passive: bool) -> str | None:
    channel = await connection.channel()
    try:
        await make(channel, passive)
    except (ChannelNotFoundEntity, ChannelPreconditionFailed) as error:
        return str(error)
    finally:
        await connection.close_quietly(channel)
    return None


def _exchange(name: str) -> Declare:
    return lambda channel, passive: channel.declare_exchange(name, ExchangeType.TOPIC, durable=True, passive=passive)


def _queue(name: str, arguments: dict[str, Any]) -> Declare:
    return lambda channel, passive: channel.declare_queue(name, durable=True, passive=passive, arguments=arguments)


async def _bind(connection: Connection, wanted: Iterator[Binding]) -> None:
    channel = await connection.channel()
    try:
        for binding in wanted:
            queue = await channel.get_queue(binding.queue, ensure=False)
            await queue.bind(binding.exchange, binding.key)
    finally:
        await connection.close_quietly(channel)
