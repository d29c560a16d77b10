"""Messages as AMQP properties and body, and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractIncomingMessage

from core.messaging.envelope import Wire

_NOTED_ON_THE_WAY = ("billow-", "x-death", "x-first-death", "x-last-death", "x-delivery-count", "x-acquired-count")


def to_amqp(wire: Wire, more: Mapping[str, str] | None = None) -> Message:
    """A persistent message. Its AMQP `message-id` is left to the library, which tells publishes in flight apart by it;
    the message's own id is the `ce-id` header."""
    return Message(
        wire.body,
        headers={**wire.headers, **(more or {})},
        content_type=wire.content_type,
        delivery_mode=DeliveryMode.PERSISTENT,
    )


def from_amqp(message: AbstractIncomingMessage) -> Wire:
    """Headers become text, whatever they were; what the broker and we noted on the way is left out."""
    headers = {name: _text(value) for name, value in message.headers.items() if not name.startswith(_NOTED_ON_THE_WAY)}
    return Wire(headers, message.body, message.content_type or "")


def _text(value: Any) -> str:
    match value:
        case str():
            return value
        case bytes() | bytearray():
            return value.decode("utf-8", "replace")
        case datetime():
            return value.isoformat()
        case _:
            return str(value)
