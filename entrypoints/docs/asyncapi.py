"""AsyncAPI 3.0: one channel for each exchange, one operation for each role that publishes or consumes there."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from core.messaging.schema import Schema
from entrypoints.docs.facts import Kind

Json = dict[str, Any]

_DESCRIPTION = """\
Billow's topics on RabbitMQ. Every channel is a durable topic exchange, and the routing key is the kind of the message.
Messages are CloudEvents 1.0 in binary mode: attributes in `ce-*` headers, the body is JSON. Delivery is at least once
and in any order: the same `ce-id` is the same message."""


def asyncapi(kinds: Sequence[Kind], version: str) -> Json:
    """The document."""
    channels = by_topic(kinds)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Billow messages", "version": version, "description": _DESCRIPTION},
        "defaultContentType": "application/json",
        "servers": {"rabbitmq": {"host": "localhost:5672", "protocol": "amqp", "protocolVersion": "0.9.1"}},
        "channels": {channel_id(topic): _channel(topic, group) for topic, group in channels.items()},
        "operations": {name: operation for topic in channels for name, operation in _operations(channels[topic])},
        "components": {
            "messages": {kind.name: _message(kind) for kind in kinds},
            "schemas": {"Headers": headers()} | {kind.contract.__name__: kind.schema for kind in kinds},
        },
    }


def by_topic(kinds: Sequence[Kind]) -> dict[str, list[Kind]]:
    ordered = sorted(kinds, key=lambda kind: kind.contract.topic)
    return {topic: list(group) for topic, group in groupby(ordered, key=lambda kind: kind.contract.topic)}


def channel_id(topic: str) -> str:
    """ "billow.payment-requests" is `paymentRequests`."""
    first, *rest = topic.removeprefix("billow.").replace("{gateway}.", "").replace("-", ".").split(".")
    return first + "".join(word.title() for word in rest)


def _channel(topic: str, group: Iterable[Kind]) -> Json:
    exchange = {"name": topic, "type": "topic", "durable": True, "autoDelete": False, "vhost": "/"}
    channel: Json = {
        "address": topic,
        "messages": {kind.name: {"$ref": f"#/components/messages/{kind.name}"} for kind in group},
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange, "bindingVersion": "0.3.0"}},
    }
    if "{gateway}" in topic:
        channel["parameters"] = {"gateway": {"description": "The name of a gateway.", "examples": ["a", "b"]}}
    return channel


def _operations(group: Sequence[Kind]) -> Iterator[tuple[str, Json]]:
    publishers = dict.fromkeys(name for kind in group for name in kind.publishers)
    for name in publishers:
        sent = [kind for kind in group if name in kind.publishers]
        yield _operation("send", name, sent, ", ".join(kind.name for kind in sent))
    consumers = dict.fromkeys(name for kind in group for name in kind.consumers)
    for role in consumers:
        taken = [kind for kind in group if role in kind.consumers]
        yield _operation("receive", role, taken, "; ".join(_reaction(kind, role) for kind in taken))
    for name in dict.fromkeys(kind.outside_consumer for kind in group if kind.outside_consumer):
        yield _operation(
            "receive", name, [kind for kind in group if kind.outside_consumer == name], "from its own queue"
        )


def _operation(action: str, who: str, kinds: Sequence[Kind], what: str) -> tuple[str, Json]:
    channel = channel_id(kinds[0].contract.topic)
    verb = {"send": "Sends", "receive": "Receives"}[action]
    operation: Json = {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "title": f"{who} {verb.lower()}",
        "summary": what,
        "tags": [{"name": who}],
        "messages": [{"$ref": f"#/channels/{channel}/messages/{kind.name}"} for kind in kinds],
        "bindings": {"amqp": _sending() if action == "send" else {"ack": True, "bindingVersion": "0.3.0"}},
    }
    name = who.split()[-1] if who.startswith(("any ", "an ")) else who
    return f"{name}{verb}{channel[0].upper()}{channel[1:]}", operation


def _sending() -> Json:
    return {"deliveryMode": 2, "mandatory": True, "bindingVersion": "0.3.0"}


def _reaction(kind: Kind, role: str) -> str:
    return f"{kind.name} → {kind.consumers[role].__name__}"


def _message(kind: Kind) -> Json:
    return {
        "name": kind.name,
        "title": kind.contract.__name__,
        "summary": kind.contract.__doc__,
        "contentType": "application/json",
        "headers": {"$ref": "#/components/schemas/Headers"},
        "payload": {"$ref": f"#/components/schemas/{kind.contract.__name__}"},
        "correlationId": {"location": "$message.header#/ce-correlationid"},
        "bindings": {"amqp": {"messageType": kind.name, "bindingVersion": "0.3.0"}},
    }


def headers() -> Schema:
    """The CloudEvents attributes as they travel. All are text."""
    described = {
        "ce-specversion": ("1.0", True),
        "ce-id": ("Unique for the source. The same id is the same message. 1 to 255 characters.", True),
        "ce-source": ("Who published it, such as `/billow/payment` or `product/shop`. 1 to 255 characters.", True),
        "ce-type": ("The kind of the message, which is its routing key, too.", True),
        "ce-time": ("When it was published (RFC 3339, with offset).", False),
        "ce-subject": ("What it is about.", False),
        "ce-sequence": ("Grows by one for each message about a subject.", False),
        "ce-correlationid": ("The same for a whole chain of messages. Without it: `ce-id`.", False),
        "ce-causationid": ("The id of the message before it in the chain. Without it: `ce-id`.", False),
        "ce-traceparent": ("W3C Trace Context.", False),
    }
    return {
        "type": "object",
        "properties": {name: {"type": "string", "description": text} for name, (text, _) in described.items()},
        "required": [name for name, (_, needed) in described.items() if needed],
    }
