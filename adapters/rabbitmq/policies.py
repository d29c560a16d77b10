"""What RabbitMQ does with each queue, as policies: unlike queue arguments they can be changed later."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from adapters.rabbitmq.names import DEAD_EXCHANGE
from core.topology import QueueSpec, Topology

DELIVERY_LIMIT = 20
"""A backstop only: attempts are counted by the consumer. A crash counts for everything that was prefetched."""

PERISHABLE_TTL_MS = 120_000

_PRIORITY = 10


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy for one queue; both have the same name."""

    name: str
    definition: dict[str, Any]

    @property
    def body(self) -> dict[str, Any]:
        """As the management API takes it and answers it."""
        pattern = f"^{re.escape(self.name)}$".replace("\\-", "-")
        return {"pattern": pattern, "definition": self.definition, "priority": _PRIORITY, "apply-to": "queues"}

    def command(self, vhost: str) -> tuple[str, ...]:
        """The words for rabbitmqctl."""
        body, definition = self.body, json.dumps(self.definition)
        options = ("--vhost", vhost, "--priority", str(_PRIORITY), "--apply-to", body["apply-to"])
        return ("set_policy", *options, self.name, body["pattern"], definition)


def policies(topology: Topology) -> Iterator[Policy]:
    for queue in topology.queues:
        yield Policy(queue.name, _perishable() if queue.perishable else _lasting(queue))


def _perishable() -> dict[str, Any]:
    """Too old or too often delivered, it is gone: it must not be kept anywhere."""
    return {"message-ttl": PERISHABLE_TTL_MS, "delivery-limit": DELIVERY_LIMIT}


def _lasting(queue: QueueSpec) -> dict[str, Any]:
    """At-least-once dead-lettering works only with `reject-publish`."""
    return {
        "delivery-limit": DELIVERY_LIMIT,
        "dead-letter-exchange": DEAD_EXCHANGE,
        "dead-letter-routing-key": queue.name,
        "dead-letter-strategy": "at-least-once",
        "overflow": "reject-publish",
    }
