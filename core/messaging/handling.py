"""One reaction: a batch of deliveries becomes one transaction. See "One reaction" in docs/architecture.md."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.contracts.message import Message
from core.kernel.clock import Clock
from core.kernel.trouble import Malformed
from core.messaging.envelope import Envelope, Trace, Wire
from core.messaging.ports import DeadLetters, Delivery, HandlingTx, PutOff, Queue, Transactions, WireFormat
from core.messaging.settle import Park, Retry, settlement

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Read:
    """A delivery that was understood."""

    wire: Wire
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class Handler:
    """Everything one consumer does with its queue. A message is handled, put off or parked: never lost."""

    queue: str
    reactions: Mapping[type[Message], Any]
    transactions: Transactions[HandlingTx]
    wire: WireFormat
    dead_letters: DeadLetters
    clock: Clock

    async def __call__(self, queue: Queue, deliveries: Sequence[Delivery]) -> None:
        """Handle and ack. Raises only when not even the failure could be noted; then nothing was acked."""
        readable = [read for delivery in deliveries if (read := await self._read(delivery.wire))]
        try:
            await self._together(readable)
        except Exception as error:
            log.info("batch failed, handling one by one", extra={"queue": self.queue, "error": str(error)})
            for read in readable:
                await self._alone(read)
        await queue.ack(deliveries)

    async def retry_due(self, most: int = 50) -> int:
        """Try again what was put off and is due; answers how many were tried."""
        tried = 0
        while tried < most and await self._retry_one():
            tried += 1
        return tried

    async def _read(self, wire: Wire) -> Read | None:
        try:
            envelope = self.wire.read(wire)
            if type(envelope.message) not in self.reactions:
                raise Malformed(f"{envelope.message.kind} is not handled here")
            return Read(wire, envelope)
        except Malformed as error:
            await self._park(wire, f"malformed: {error}")
            return None

    async def _together(self, batch: Sequence[Read]) -> None:
        if batch:
            async with self.transactions() as tx:
                await self._apply(batch, tx)

    async def _apply(self, batch: Sequence[Read], tx: HandlingTx) -> None:
        """The inbox first: what is there already was handled, and its effect committed with it."""
        once = {str(read.envelope.id): read.envelope for read in batch}
        fresh = await tx.inbox.fresh(self.queue, list(once))
        envelopes = [envelope for id, envelope in once.items() if id in fresh]
        await tx.preload([envelope.message for envelope in envelopes])
        for envelope in envelopes:
            tx.because(Trace(envelope.trace.correlation_id, str(envelope.id)))
            await self.reactions[type(envelope.message)](envelope.message, tx)

    async def _alone(self, read: Read) -> None:
        try:
            await self._together([read])
        except Exception as error:
            await self._settle(read.wire, error, failures=1)

    async def _retry_one(self) -> bool:
        put_off: PutOff | None = None
        try:
            async with self.transactions() as tx:
                put_off = next(iter(await tx.retries.due(self.queue, 1)), None)
                if put_off is not None:
                    await self._apply([Read(put_off.wire, self.wire.read(put_off.wire))], tx)
                    await tx.retries.forget(put_off)
        except Exception as error:
            if put_off is None:
                raise
            await self._settle(put_off.wire, error, put_off.attempts + 1)
        return put_off is not None

    async def _settle(self, wire: Wire, error: Exception, failures: int) -> None:
        verdict = settlement(error, failures)
        extra = {"queue": self.queue, "message_id": wire.message_id, "failures": failures, "error": str(error)}
        log.warning("message failed", extra=extra, exc_info=error if not isinstance(error, Malformed) else None)
        match verdict:
            case Retry(after, reason):
                async with self.transactions() as tx:
                    await tx.retries.put_off(PutOff(self.queue, wire, failures, reason, self.clock.now() + after))
            case Park(reason):
                await self._park(wire, reason)
                async with self.transactions() as tx:
                    await tx.retries.forget(PutOff(self.queue, wire, failures, reason, self.clock.now()))

    async def _park(self, wire: Wire, reason: str) -> None:
        log.error("message parked", extra={"queue": self.queue, "message_id": wire.message_id, "reason": reason})
        await self.dead_letters.park(self.queue, wire, reason)
