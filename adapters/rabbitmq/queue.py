"""One queue of one consumer, received over whatever connection works at the time."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence

from aio_pika.abc import AbstractChannel

from adapters.rabbitmq.connection import Connection
from adapters.rabbitmq.intake import Intake
from adapters.rabbitmq.trouble import within
from core.kernel.trouble import Unavailable
from core.messaging.ports import Delivery

log = logging.getLogger(__name__)

_FIRST_WAIT, _LONGEST_WAIT = 0.2, 5.0


class RabbitQueue:
    """`prefetch`: how many messages may be with us, unsettled, at a time."""

    def __init__(self, name: str, connection: Connection, prefetch: int, timeout: float) -> None:
        self._name, self._connection, self._prefetch, self._timeout = name, connection, prefetch, timeout
        self._intake: Intake | None = None
        self._starting: asyncio.Task[Intake] | None = None

    @property
    def name(self) -> str:
        return self._name

    async def receive(self, most: int) -> Sequence[Delivery]:
        while True:
            intake = await self._running()
            if batch := await intake.take(most):
                return batch

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        for intake, tags in _by_intake(deliveries).items():
            await intake.ack(tags)

    async def hand_back(self, deliveries: Sequence[Delivery]) -> None:
        for intake, tags in _by_intake(deliveries).items():
            await intake.hand_back(tags)

    async def close(self) -> None:
        """Stop trying to consume. What was delivered goes back when the connection closes."""
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.wait({self._starting})

    async def idle(self) -> bool:
        """Nothing lies there and nothing is with us. The broker is asked on the channel that it delivers on, so that
        what it sent before its answer is here by then."""
        intake = self._intake
        if intake is not None and not intake.ended:
            return await self._is_empty(intake.channel) and intake.empty_handed
        channel = await self._connection.channel()
        try:
            return await self._is_empty(channel)
        finally:
            await self._connection.close_quietly(channel)

    async def _is_empty(self, channel: AbstractChannel) -> bool:
        declared = await within(self._timeout, channel.declare_queue(self._name, passive=True))
        return not declared.declaration_result.message_count

    async def _running(self) -> Intake:
        """Starting goes on when the receiver who wanted it gives up: a half-opened channel would block the next."""
        if self._intake is not None and not self._intake.ended:
            return self._intake
        if self._starting is None or self._starting.done():
            self._starting = asyncio.create_task(self._start_in_time())
        return await asyncio.shield(self._starting)

    async def _start_in_time(self) -> Intake:
        wait = _FIRST_WAIT
        while True:
            try:
                self._intake = await self._start()
            except Unavailable as error:
                log.warning("cannot consume", extra={"queue": self._name, "error": str(error)})
                await asyncio.sleep(wait)
                wait = min(2 * wait, _LONGEST_WAIT)
            else:
                return self._intake

    async def _start(self) -> Intake:
        if self._intake is not None:  # cancelled by the broker, its channel may still hold messages
            await self._connection.close_quietly(self._intake.channel)
        channel = await self._connection.channel()
        intake = Intake(channel)
        try:
            await within(self._timeout, intake.start(self._name, self._prefetch))
        except Unavailable:
            await self._connection.close_quietly(channel)
            raise
        return intake


def _by_intake(deliveries: Sequence[Delivery]) -> dict[Intake, list[int]]:
    tags: dict[Intake, list[int]] = defaultdict(list)
    for delivery in deliveries:
        intake, tag = delivery.handle
        tags[intake].append(tag)
    return tags
