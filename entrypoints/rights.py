"""RabbitMQ's users with the least each needs, derived from the table of reactions:

python -m entrypoints.rights [a,b] > deploy/rabbitmq/definitions.json
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.rabbitmq.names import DEAD_EXCHANGE, dead
from core.contracts.access import AccessBlocked
from core.contracts.message import Message
from core.contracts.payment_requests import PaymentRequested
from core.contracts.users import UserChanged
from core.topology import Topology, consumers, topology
from entrypoints.docs.facts import kinds

PRODUCT_QUEUE = "product.shop.access"
"""The example product's own queue, where it learns who is blocked. It keeps the newest hundred thousand messages."""

_NOTHING = "^$"
_KEPT = 100_000


@dataclass(frozen=True, slots=True)
class Rights:
    """What one user may do. Patterns for names; `topics`: which routing keys it may write to each exchange."""

    user: str
    configure: str = _NOTHING
    write: str = _NOTHING
    read: str = _NOTHING
    topics: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()


def rights(gateways: tuple[str, ...]) -> Iterator[Rights]:
    """The roles, those who operate them, and two others: an identity system and the example product."""
    shape = topology(gateways)
    for consumer in consumers(gateways):
        yield _of_role(consumer, shape, gateways)
    ours = r"^billow\."
    yield Rights("billow-topology", ours, ours, ours, tags=("policymaker",))
    parked = _any(dead(queue.name) for queue in shape.queues if not queue.perishable)
    yield Rights("billow-operator", write=_any(["amq.default"]), read=parked)
    yield _publisher("identity", UserChanged)
    product = _publisher("product-shop", PaymentRequested)
    yield Rights(product.user, write=product.write, read=_any([PRODUCT_QUEUE]), topics=product.topics)


def definitions(gateways: tuple[str, ...]) -> dict[str, Any]:
    """As RabbitMQ loads them at its start. In place of each password stands a mark that `start.sh` fills in."""
    users = list(rights(gateways))
    return {
        "vhosts": [{"name": "/"}],
        "users": [{"name": who.user, "password": _mark(who.user), "tags": list(who.tags)} for who in users],
        "permissions": [_permission(who) for who in users],
        "topic_permissions": [_topic(who, name, keys) for who in users for name, keys in who.topics.items()],
        **_product_queue(),
    }


def _of_role(consumer: str, shape: Topology, gateways: tuple[str, ...]) -> Rights:
    role = consumer.partition("-")[0]
    topics: dict[str, list[str]] = {}
    for contract in (kind.contract for kind in kinds() if role in kind.publishers):
        for gateway in gateways:
            topics.setdefault(contract.topic.format(gateway=gateway), []).append(contract.kind)
    queues = shape.of(consumer)
    topics[DEAD_EXCHANGE] = [queue.name for queue in queues if not queue.perishable]
    keys = {exchange: _any(dict.fromkeys(words)) for exchange, words in topics.items()}
    return Rights(f"billow-{consumer}", write=_any(topics), read=_any(queue.name for queue in queues), topics=keys)


def _publisher(user: str, contract: type[Message]) -> Rights:
    return Rights(user, write=_any([contract.topic]), topics={contract.topic: _any([contract.kind])})


def _any(names: Iterable[str]) -> str:
    return f"^({'|'.join(re.escape(name).replace(chr(92) + '-', '-') for name in names)})$"


def _mark(user: str) -> str:
    return f"@RABBITMQ_PASSWORD_{user.upper().replace('-', '_')}@"


def _permission(who: Rights) -> dict[str, str]:
    return {"user": who.user, "vhost": "/", "configure": who.configure, "write": who.write, "read": who.read}


def _topic(who: Rights, exchange: str, keys: str) -> dict[str, str]:
    return {"user": who.user, "vhost": "/", "exchange": exchange, "write": keys, "read": _NOTHING}


def _product_queue() -> dict[str, Any]:
    exchange, place = AccessBlocked.topic, {"vhost": "/", "durable": True, "auto_delete": False}
    to_queue = {"source": exchange, "destination": PRODUCT_QUEUE, "destination_type": "queue", "routing_key": "#"}
    limit = {
        "pattern": _any([PRODUCT_QUEUE]),
        "definition": {"max-length": _KEPT},
        "apply-to": "queues",
        "priority": 10,
    }
    return {
        "exchanges": [{"name": exchange, "type": "topic", "internal": False, "arguments": {}, **place}],
        "queues": [{"name": PRODUCT_QUEUE, "arguments": {"x-queue-type": "quorum"}, **place}],
        "bindings": [{"vhost": "/", "arguments": {}, **to_queue}],
        "policies": [{"vhost": "/", "name": PRODUCT_QUEUE, **limit}],
    }


if __name__ == "__main__":
    print(json.dumps(definitions(tuple((sys.argv[1:] or ["a,b"])[0].split(","))), indent=2))  # noqa: T201
