"""What Prometheus is told at `/metrics`. docs/operations.md says which numbers to watch."""

from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from core.messaging.watching import Became, Done
from core.topology import contracts

P = ParamSpec("P")
R = TypeVar("R")

UNKNOWN = "unknown"
GAUGES = {
    "outbox_rows": "Messages that wait to be published.",
    "outbox_oldest_seconds": "Age of the oldest of them.",
    "retries_rows": "Messages that were put off.",
    "charge_in_doubt_oldest_seconds": "Since the oldest charge in doubt was sent; 0 when there is none.",
    "database_slots_in_use": "Connections of the pool that are in use.",
}
"""Of each role."""


class Metrics:
    """All numbers of one process, in a registry of its own. A `Watch` (core.messaging.watching)."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._kinds = frozenset(contract.kind for contract in contracts())
        self._messages = self._counter("messages", "What became of messages.", "queue", "kind", "became")
        self._errands = self._counter("errands", "Errands carried out.", "errand", "became")
        self._publishes = self._counter("publishes", "Outbox rows handed to the broker.", "exchange", "became")
        self._ticks = self._counter("ticks", "Looks for what is due.", "tick", "became")
        help = "Time to handle what was received at once."
        self._batches = Histogram("billow_batch_seconds", help, ["queue"], registry=self.registry)
        self._gauges = {name: self._gauge(name, help, "role") for name, help in GAUGES.items()}
        self._gauges["errands_due"] = self._gauge("errands_due", "Errands whose time has come.", "role", "errand")
        self._dead_letters = self._gauge("dead_letters", "Parked messages.", "queue")

    def _counter(self, name: str, help: str, *labels: str) -> Counter:
        return Counter(f"billow_{name}", help, labels, registry=self.registry)

    def _gauge(self, name: str, help: str, *labels: str) -> Gauge:
        return Gauge(f"billow_{name}", help, labels, registry=self.registry)

    def message(self, queue: str, kind: str, became: Became) -> None:
        self._messages.labels(queue, kind if kind in self._kinds else UNKNOWN, became).inc()

    def errand(self, errand: str, became: Done) -> None:
        self._errands.labels(errand, became).inc()

    def publish(self, exchange: str, became: Done) -> None:
        self._publishes.labels(exchange, became).inc()

    def tick(self, tick: str, became: Done) -> None:
        self._ticks.labels(tick, became).inc()

    def timed(self, queue: str, handle: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
        """The same, with its duration noted."""
        seconds = self._batches.labels(queue)

        async def timed(*args: P.args, **kwargs: P.kwargs) -> R:
            with seconds.time():
                return await handle(*args, **kwargs)

        return timed

    def role(self, role: str, name: str, of: tuple[str, ...], value: float) -> None:
        """`name` is one of `GAUGES`, or "errands_due" of an errand."""
        self._gauges[name].labels(role, *of).set(value)

    def parked(self, queue: str, depth: float) -> None:
        self._dead_letters.labels(queue).set(depth)
