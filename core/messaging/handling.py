"""One reaction: a batch of deliveries becomes one transaction. See "One reaction" in docs/architecture.md."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.contracts.message import Message
from core.kernel.clock import Clock
from core.kernel.trouble import Malformed
from core.messaging.envelope import Envelope, Trace, Wire
from core.messaging.following import following
from core.messaging.ports import DeadLetters, Delivery, HandlingTx, PutOff, Queue, Transactions, WireFormat
from core.messaging.settle import Park, Retry, settlement
from core.messaging.watching import UNWATCHED, Watch

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Read:
    """A delivery that was understood."""

    wire: Wire
    envelope: Envelope

    @property
    def id(self) -> str:
        return str(self.envelope.id)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A delivery that will never be understood. It is parked after the rest of its batch is handled: while the database
    is away the batch is tried again and again, and each try would park it once more."""

    wire: Wire
    reason: str


@dataclass(frozen=True, slots=True)
class Handler:
    """Everything one consumer does with its queue. A message is handled, put off or parked: never lost."""

    queue: str
    reactions: Mapping[type[Message], Any]
    transactions: Transactions[HandlingTx]
    wire: WireFormat
    dead_letters: DeadLetters
    clock: Clock
    watch: Watch = UNWATCHED

    async def __call__(self, queue: Queue, deliveries: Sequence[Delivery]) -> None:
        """Handle and ack. Raises only when not even the failure could be noted; then nothing was acked."""
        given = [self._read(delivery.wire) for delivery in deliveries]
        readable = [read for read in given if isinstance(read, Read)]
        try:
            await self._together(readable)
        except Exception as error:
            log.info("batch failed, handling one by one", extra={"queue": self.queue, "error": str(error)})
            for read in readable:
                await self._alone(read)
        for unreadable in given:
            if isinstance(unreadable, Unreadable):
                await self._park(unreadable.wire, unreadable.reason)
        await queue.ack(deliveries)

    async def retry_due(self, most: int = 50) -> int:
        """Try again what was put off and is due; answers how many were tried."""
        tried = 0
        while tried < most and await self._retry_one():
            tried += 1
        return tried

    def _read(self, wire: Wire) -> "Read | Unreadable":
        try:
            envelope = self.wire.read(wire)
            if type(envelope.message) not in self.reactions:
                raise Malformed(f"{envelope.message.kind} is not handled here")
            return Read(wire, envelope)
        except Malformed as error:
            return Unreadable(wire, f"malformed: {error}")

    async def _together(self, batch: Sequence[Read]) -> None:
        if batch:
            async with self.transactions() as tx:
                fresh = await self._apply(batch, tx)
            self._tell(batch, fresh)

    async def _apply(self, batch: Sequence[Read], tx: HandlingTx) -> set[str]:
        """The inbox first: what is there already was handled, and its effect committed with it. Answers the new."""
        once = {read.id: read.envelope for read in batch}
        fresh = await tx.inbox.fresh(self.queue, list(once))
        envelopes = [envelope for id, envelope in once.items() if id in fresh]
        await tx.preload([envelope.message for envelope in envelopes])
        for envelope in envelopes:
            tx.because(Trace(envelope.trace.correlation_id, str(envelope.id)))
            with following(envelope.trace.correlation_id):
                await self.reactions[type(envelope.message)](envelope.message, tx)
        return fresh

    def _tell(self, batch: Sequence[Read], fresh: set[str]) -> None:
        untold = set(fresh)
        for read in batch:
            kind, first = read.envelope.message.kind, read.id in untold
            untold.discard(read.id)
            self.watch.message(self.queue, kind, "handled" if first else "repeated")
            if first:
                with following(read.envelope.trace.correlation_id):
                    log.info("message handled", extra={"queue": self.queue, "kind": kind, "message_id": read.id})

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
                if put_off is None:
                    return False
                read = Read(put_off.wire, self.wire.read(put_off.wire))
                fresh = await self._apply([read], tx)
                await tx.retries.forget(put_off)
            self._tell([read], fresh)
        except Exception as error:
            if put_off is None:
                raise
            await self._settle(put_off.wire, error, put_off.attempts + 1)
        return True

    async def _settle(self, wire: Wire, error: Exception, failures: int) -> None:
        with following(wire.correlation_id):
            await self._put_off_or_park(wire, error, failures)

    async def _put_off_or_park(self, wire: Wire, error: Exception, failures: int) -> None:
        verdict = settlement(error, failures)
        extra = {"queue": self.queue, "message_id": wire.message_id, "failures": failures, "error": str(error)}
        log.warning("message failed", extra=extra, exc_info=error if not isinstance(error, Malformed) else None)
        match verdict:
            case Retry(after, reason):
                async with self.transactions() as tx:
                    await tx.retries.put_off(PutOff(self.queue, wire, failures, reason, self.clock.now() + after))
                self.watch.message(self.queue, wire.kind, "put_off")
            case Park(reason):
                await self._park(wire, reason)
                async with self.transactions() as tx:
                    await tx.retries.forget(PutOff(self.queue, wire, failures, reason, self.clock.now()))

    async def _park(self, wire: Wire, reason: str) -> None:
        with following(wire.correlation_id):
            log.error("message parked", extra={"queue": self.queue, "message_id": wire.message_id, "reason": reason})
        await self.dead_letters.park(self.queue, wire, reason)
        self.watch.message(self.queue, wire.kind, "parked")
