"""Parked messages: in a terminal queue beside their own, with the reason in headers."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from adapters.rabbitmq.connection import Connection
from adapters.rabbitmq.names import DEAD_EXCHANGE, dead
from adapters.rabbitmq.publisher import RabbitPublisher
from adapters.rabbitmq.trouble import within
from adapters.rabbitmq.wires import from_amqp
from core.kernel.clock import Clock
from core.kernel.trouble import Unavailable
from core.messaging.envelope import Wire
from core.messaging.ports import DeadLetter, Outgoing

_ID, _REASON, _QUEUE, _PARKED_AT = "billow-parking", "billow-reason", "billow-queue", "billow-parked-at"
_LONGEST_REASON = 2000
_BACK_AGAIN_SECONDS, _STEP = 2.0, 0.02


class RabbitDeadLetters:
    """`queues` have dead letters. Looking at them costs them nothing but their order."""

    def __init__(
        self,
        queues: Iterable[str],
        connection: Connection,
        publisher: RabbitPublisher,
        clock: Clock,
        timeout: float,
    ) -> None:
        self._queues, self._connection, self._publisher = tuple(queues), connection, publisher
        self._clock, self._timeout = clock, timeout

    async def park(self, queue: str, wire: Wire, reason: str) -> None:
        """Raises `Unavailable` when it is not known to be kept."""
        noted = {
            _ID: str(uuid4()),
            _QUEUE: queue,
            _REASON: reason[:_LONGEST_REASON],
            _PARKED_AT: self._clock.now().isoformat(),
        }
        await self._send(Outgoing(DEAD_EXCHANGE, queue, replace(wire, headers={**wire.headers, **noted})))

    async def list(self, queue: str, most: int = 100) -> Sequence[DeadLetter]:
        async with self._held(queue, most) as messages:
            return [_letter(queue, message) for message in messages]

    async def replay(self, queue: str, ids: Iterable[str] | None = None) -> int:
        """A crash in here delivers a message twice at worst: it is removed after its new publish is confirmed."""
        chosen = None if ids is None else set(ids)
        count = 0
        async with self._held(queue) as messages:
            for message in messages:
                letter = _letter(queue, message)
                if chosen is None or letter.id in chosen:
                    await self._send(Outgoing("", queue, letter.wire))
                    await within(self._timeout, message.ack())
                    count += 1
        return count

    async def depths(self) -> Mapping[str, int]:
        async with self._channel() as channel:
            return {queue: await self._depth(channel, queue) for queue in self._queues}

    async def _depth(self, channel: AbstractChannel, queue: str) -> int:
        declared = await within(self._timeout, channel.declare_queue(dead(queue), passive=True))
        return declared.declaration_result.message_count or 0

    @asynccontextmanager
    async def _held(self, queue: str, most: int | None = None) -> AsyncIterator[Sequence[AbstractIncomingMessage]]:
        """All messages that lie there now, or the first `most`; those not acked go back."""
        async with self._channel() as channel:
            lying = await channel.get_queue(dead(queue), ensure=False)
            messages: list[AbstractIncomingMessage] = []
            while most is None or len(messages) < most:
                message = await within(self._timeout, lying.get(fail=False, timeout=None))
                if message is None:
                    break
                messages.append(message)
            try:
                yield messages
            finally:
                await self._release(channel, queue, [message for message in messages if not message.processed])

    async def _release(self, channel: AbstractChannel, queue: str, messages: Sequence[AbstractIncomingMessage]) -> None:
        """A quorum queue takes messages back a moment later: wait for it, so that whoever looks next sees them."""
        for message in messages:
            await within(self._timeout, message.nack(requeue=True))
        patience = _BACK_AGAIN_SECONDS
        while await self._depth(channel, queue) < len(messages) and patience > 0:
            await asyncio.sleep(_STEP)
            patience -= _STEP

    @asynccontextmanager
    async def _channel(self) -> AsyncIterator[AbstractChannel]:
        channel = await self._connection.channel()
        try:
            yield channel
        finally:
            await self._connection.close_quietly(channel)

    async def _send(self, outgoing: Outgoing) -> None:
        (why_not,) = await self._publisher.publish([outgoing])
        if why_not is not None:
            raise Unavailable(why_not)


def _letter(queue: str, message: AbstractIncomingMessage) -> DeadLetter:
    headers, wire = message.headers, from_amqp(message)
    if _ID in headers:
        parked_at = datetime.fromisoformat(str(headers[_PARKED_AT]))
        return DeadLetter(str(headers[_ID]), queue, wire, str(headers[_REASON]), parked_at)
    return _letter_of_the_broker(queue, wire, headers)


def _letter_of_the_broker(queue: str, wire: Wire, headers: Mapping[str, Any]) -> DeadLetter:
    """What the broker dead-lettered by itself, as for too many deliveries, says so in `x-death`."""
    death = next(iter(headers.get("x-death") or [{}]))
    named = hashlib.sha256(repr((sorted(wire.headers.items()), wire.body)).encode()).hexdigest()[:32]
    parked_at = death.get("time") or datetime.fromtimestamp(0, UTC)
    return DeadLetter(named, queue, wire, f"the broker: {death.get('reason', 'unknown')}", parked_at)
