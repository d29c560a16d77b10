"""The envelope of every message: CloudEvents 1.0 attributes plus correlation, causation, sequence and trace."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.contracts.message import Message
from core.kernel.ids import derived


@dataclass(frozen=True, slots=True)
class Trace:
    """What a chain of messages has in common. `correlation_id` names the chain, `causation_id` the message before."""

    correlation_id: str
    causation_id: str

    @property
    def traceparent(self) -> str:
        """W3C Trace Context, version 00: the trace id is drawn from the correlation id, the parent from the cause."""
        trace, parent = derived("trace", self.correlation_id).hex, derived("span", self.causation_id).hex[:16]
        return f"00-{trace}-{parent}-01"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message with its CloudEvents attributes. The same `id` is the same message, however often it arrives."""

    id: UUID
    source: str
    time: datetime
    sequence: int
    trace: Trace
    message: Message


def exchange_of(message: Message) -> str:
    """The exchange of this very message, with the gateway's name filled in."""
    return message.topic.format(gateway=getattr(message, "gateway", ""))


@dataclass(frozen=True, slots=True)
class Wire:
    """A message as it lies in an outbox, a queue or among dead letters: CloudEvents binary mode, not yet understood."""

    headers: Mapping[str, str]
    """The attributes as `ce-*` headers; values are text."""
    body: bytes
    content_type: str = "application/json"

    @property
    def message_id(self) -> str:
        """The CloudEvents `id`, or empty when the sender gave none."""
        return self.headers.get("ce-id", "")

    @property
    def kind(self) -> str:
        """The CloudEvents `type`, as the sender says."""
        return self.headers.get("ce-type", "")

    @property
    def correlation_id(self) -> str:
        """The chain it belongs to, as the sender says; its own id where it starts one."""
        return (self.headers.get("ce-correlationid", "") or self.message_id)[:255]
