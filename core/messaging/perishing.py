"""Messages that must not be written down: asked about while they wait in their queue, let go when time is up."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.contracts.message import Message
from core.kernel.clock import Clock
from core.kernel.trouble import Malformed, Refused
from core.messaging.envelope import Envelope, Trace
from core.messaging.ports import Delivery, HandlingTx, Queue, Transactions, WireFormat

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PerishableHandler:
    """Neither puts off nor parks. What it logs never holds the message."""

    queue: str
    reactions: Mapping[type[Message], Any]
    transactions: Transactions[HandlingTx]
    wire: WireFormat
    clock: Clock

    async def __call__(self, queue: Queue, delivery: Delivery) -> bool:
        """Handle one message. Answers False when it was handed back, so that the caller waits before the next try."""
        try:
            envelope = self.wire.read(delivery.wire)
            if envelope.message.expires_at > self.clock.now():  # type: ignore[attr-defined]
                await self._handle(envelope)
        except (Malformed, Refused) as error:
            log.error("perishable message let go", extra={"queue": self.queue, "error": type(error).__name__})
        except Exception as error:
            log.warning("perishable message handed back", extra={"queue": self.queue, "error": type(error).__name__})
            await queue.hand_back([delivery])
            return False
        await queue.ack([delivery])
        return True

    async def _handle(self, envelope: Envelope) -> None:
        use_case = self.reactions[type(envelope.message)]
        answer = await use_case.ask(envelope.message)
        async with self.transactions(Trace(envelope.trace.correlation_id, str(envelope.id))) as tx:
            if await tx.inbox.fresh(self.queue, [str(envelope.id)]):
                await use_case(envelope.message, answer, tx)
