"""Messages that must not be written down: asked about while they wait in their queue, let go when time is up."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.contracts.message import Message
from core.kernel.clock import Clock
from core.kernel.trouble import Malformed, Refused
from core.messaging.envelope import Envelope, Trace
from core.messaging.following import following
from core.messaging.ports import Delivery, HandlingTx, Queue, Transactions, WireFormat
from core.messaging.watching import UNWATCHED, Became, Watch

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PerishableHandler:
    """Neither puts off nor parks. What it logs never holds the message."""

    queue: str
    reactions: Mapping[type[Message], Any]
    transactions: Transactions[HandlingTx]
    wire: WireFormat
    clock: Clock
    watch: Watch = UNWATCHED

    async def __call__(self, queue: Queue, delivery: Delivery) -> bool:
        """Handle one message. Answers False when it has to wait, in the caller's hands, for the next try."""
        with following(delivery.wire.correlation_id):
            became = await self._try(queue, delivery)
        self.watch.message(self.queue, delivery.wire.kind, became)
        return became != "waits"

    async def _try(self, queue: Queue, delivery: Delivery) -> Became:
        try:
            became = await self._handle(self.wire.read(delivery.wire))
        except (Malformed, Refused) as error:
            log.error("perishable message let go", extra={"queue": self.queue, "error": type(error).__name__})
            became = "let_go"
        except Exception as error:
            log.warning("perishable message waits", extra={"queue": self.queue, "error": type(error).__name__})
            return "waits"
        await queue.ack([delivery])
        return became

    async def _handle(self, envelope: Envelope) -> Became:
        if envelope.message.expires_at <= self.clock.now():  # type: ignore[attr-defined]
            return "let_go"
        use_case = self.reactions[type(envelope.message)]
        answer = await use_case.ask(envelope.message)
        async with self.transactions(Trace(envelope.trace.correlation_id, str(envelope.id))) as tx:
            if not await tx.inbox.fresh(self.queue, [str(envelope.id)]):
                return "repeated"
            await use_case(envelope.message, answer, tx)
        extra = {"queue": self.queue, "kind": envelope.message.kind, "message_id": str(envelope.id)}
        log.info("message handled", extra=extra)
        return "handled"
