"""A role put together: what the table of reactions gives it to do, as loops and ticks on its own database."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.postgres.unit_of_work import RelayTransactions
from core.kernel.clock import Clock
from core.messaging.carrying import Carrier
from core.messaging.handling import Handler
from core.messaging.perishing import PerishableHandler
from core.messaging.ports import Bus, Transactions, WireFormat
from core.messaging.relaying import Relay
from core.reacting import Errands, Every, When
from core.reactions import REACTIONS
from core.topology import QueueSpec, Topology
from entrypoints.http.kit import Api
from entrypoints.http.kit.probes import Check
from entrypoints.loops import CarryOut, Consume, ConsumePerishable, Loop, Nudge, Repeat
from entrypoints.metrics import Metrics
from entrypoints.ticking import Ticking

BATCH = 200
"""Messages in one transaction, at the most."""
PERISHABLE_AT_ONCE = 16
ERRANDS_AT_ONCE = 16


class Announcer:
    """After each commit of a role: whoever waits for its rows is told."""

    def __init__(self) -> None:
        self._nudges: list[Nudge] = []

    def listener(self) -> Nudge:
        self._nudges.append(Nudge())
        return self._nudges[-1]

    def __call__(self) -> None:
        for nudge in self._nudges:
            nudge()


@dataclass(frozen=True, slots=True)
class Role:
    """One role as `containers.py` wires it. `consumer` is "payment", "gateway-a", …; use cases go by their class."""

    consumer: str
    transactions: Transactions[Any]
    outbox: RelayTransactions
    use_cases: Mapping[type[Any], Any]
    api: Api
    checks: Mapping[str, Check]
    announcer: Announcer = field(default_factory=Announcer)

    @property
    def name(self) -> str:
        """The role's name in the table of reactions."""
        return self.consumer.partition("-")[0]


@dataclass(frozen=True, slots=True)
class Broker:
    """What every role shares: the bus, its topology, the wire format, the clock, and the numbers of this process."""

    bus: Bus
    topology: Topology
    wire: WireFormat
    clock: Clock
    metrics: Metrics = field(default_factory=Metrics)


def consume_loops(role: Role, broker: Broker) -> Iterator[Loop]:
    """A loop for each queue, one for its messages that were put off, and one for each errand."""
    for spec in broker.topology.of(role.consumer):
        yield from _queue_loops(role, broker, spec)
    for errand in _rows(Errands, role.name, lambda row: row.errands):
        for kind in errand:
            carrier = Carrier(role.use_cases[kind], role.transactions, watch=broker.metrics)
            yield CarryOut(f"{role.consumer} {kind.__name__}", carrier, role.announcer.listener(), ERRANDS_AT_ONCE)


def relay_loops(role: Role, broker: Broker) -> Iterator[Loop]:
    relay = Relay(role.outbox, broker.bus.publisher, watch=broker.metrics)
    yield Repeat(f"{role.consumer} relay", relay, role.announcer.listener())


def tickings(role: Role) -> list[Ticking]:
    """What the scheduler looks at."""
    rows = [row for row in REACTIONS if isinstance(row, Every) and role.name in row.ticks]
    return [_ticking(role, row, row.ticks[role.name]) for row in rows]


def _ticking(role: Role, row: Every, tick: type[Any]) -> Ticking:
    return Ticking(f"{role.consumer} {tick.__name__}", row.period, role.use_cases[tick], role.transactions)


def _queue_loops(role: Role, broker: Broker, spec: QueueSpec) -> Iterator[Loop]:
    reactions = {row.message: role.use_cases[row.reactions[role.name]] for row in _handled(role, spec)}
    queue, letters, metrics = broker.bus.queue(spec.name), broker.bus.dead_letters, broker.metrics
    if spec.perishable:
        perishable = PerishableHandler(spec.name, reactions, role.transactions, broker.wire, broker.clock, metrics)
        yield ConsumePerishable(queue, metrics.timed(spec.name, perishable), PERISHABLE_AT_ONCE)
    else:
        handler = Handler(spec.name, reactions, role.transactions, broker.wire, letters, broker.clock, metrics)
        yield Consume(queue, metrics.timed(spec.name, handler), BATCH)
        yield Repeat(f"retry {spec.name}", handler.retry_due, Nudge())


def _handled(role: Role, spec: QueueSpec) -> Sequence[When]:
    rows = [row for row in REACTIONS if isinstance(row, When) and role.name in row.reactions]
    return [row for row in rows if row.message.kind in spec.kinds]


def _rows(kind: type[Any], name: str, of: Callable[[Any], Mapping[str, Any]]) -> Iterator[Any]:
    return (of(row)[name] for row in REACTIONS if isinstance(row, kind) and name in of(row))
