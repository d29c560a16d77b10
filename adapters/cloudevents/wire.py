"""Envelopes to CloudEvents and back. Reading raises nothing but `Malformed`, with a reason for staff."""

from collections.abc import Iterable
from datetime import UTC
from uuid import UUID

from cloudevents.core.bindings.rabbitmq import RabbitMQMessage, from_binary, to_binary
from cloudevents.core.exceptions import BaseCloudEventException
from cloudevents.core.v1.event import CloudEvent

from adapters.cloudevents.body import StrictJsonBody
from core.contracts.message import Message
from core.kernel.ids import derived
from core.kernel.trouble import Malformed
from core.messaging.codec import from_json, to_json
from core.messaging.envelope import Envelope, Trace, Wire

LARGEST_BODY = 256 * 1024
"""Bytes. Longer bodies are refused unread."""
LONGEST_ATTRIBUTE = 255
"""Characters of an attribute that is kept."""


class CloudEventsWire:
    """The `WireFormat` of these contracts."""

    def __init__(self, contracts: Iterable[type[Message]]) -> None:
        self._contracts = {contract.kind: contract for contract in contracts}
        self._body = StrictJsonBody()

    def write(self, envelope: Envelope) -> Wire:
        event = CloudEvent(_attributes(envelope), to_json(envelope.message))
        message = to_binary(event, self._body)
        return Wire(message.headers, message.body, message.content_type or "")

    def read(self, wire: Wire) -> Envelope:
        """Our extension attributes may be missing, as in a product's message; `id`, `source` and `type` may not."""
        event = self._event(wire)
        if event.get_type() not in self._contracts:
            raise Malformed(f"ce-type: {event.get_type()[:LONGEST_ATTRIBUTE]!r} is no kind of message here")
        message = from_json(self._contracts[event.get_type()], event.get_data())
        return _envelope(event, message)

    def _event(self, wire: Wire) -> CloudEvent:
        if len(wire.body) > LARGEST_BODY:
            raise Malformed(f"the body is larger than {LARGEST_BODY} bytes")
        if not wire.message_id:
            raise Malformed("ce-id: missing")  # the library would invent one, another each time
        message = RabbitMQMessage(dict(wire.headers), wire.content_type or "application/json", wire.body)
        try:
            event = from_binary(message, self._body, CloudEvent)
        except (BaseCloudEventException, ValueError, TypeError, AttributeError, OverflowError) as error:
            raise Malformed(f"no CloudEvent: {_first_line(error)}") from error
        assert isinstance(event, CloudEvent)
        return event


def _attributes(envelope: Envelope) -> dict[str, object]:
    return {
        "id": str(envelope.id),
        "source": envelope.source,
        "type": envelope.message.kind,
        "specversion": "1.0",
        "subject": envelope.message.subject,
        "time": envelope.time.astimezone(UTC),
        "datacontenttype": "application/json",
        "correlationid": envelope.trace.correlation_id,
        "causationid": envelope.trace.causation_id,
        "sequence": str(envelope.sequence),
        "traceparent": envelope.trace.traceparent,
    }


def _envelope(event: CloudEvent, message: Message) -> Envelope:
    event_id, source = _text("id", event.get_id()), _text("source", event.get_source())
    trace = Trace(
        _text("correlationid", event.get_extension("correlationid") or event_id),
        _text("causationid", event.get_extension("causationid") or event_id),
    )
    moment = event.get_time()
    assert moment is not None  # the library fills it in
    try:
        time = moment.astimezone(UTC)
    except OverflowError as error:
        raise Malformed("ce-time: out of range") from error
    return Envelope(_uuid(event_id, source), source, time, _sequence(event), trace, message)


def _text(name: str, value: str) -> str:
    if not (1 <= len(value) <= LONGEST_ATTRIBUTE and value.isprintable()):
        raise Malformed(f"ce-{name}: not 1 to {LONGEST_ATTRIBUTE} printable characters")
    return value


def _uuid(event_id: str, source: str) -> UUID:
    """A CloudEvents id is any text, unique for its source."""
    try:
        return UUID(event_id)
    except ValueError:
        return derived("foreign-message", source, event_id)


def _sequence(event: CloudEvent) -> int:
    text = event.get_extension("sequence") or "0"
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Malformed("ce-sequence: no number")
    return int(text)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:LONGEST_ATTRIBUTE]
