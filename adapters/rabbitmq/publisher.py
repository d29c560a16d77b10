"""Publishes that are known to be kept: persistent, mandatory, confirmed, and bounded in time."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from aio_pika.abc import AbstractChannel, AbstractExchange
from aio_pika.exceptions import DeliveryError, PublishError

from adapters.rabbitmq.connection import Connection
from adapters.rabbitmq.trouble import told
from adapters.rabbitmq.wires import to_amqp
from core.kernel.trouble import Unavailable
from core.messaging.ports import Outgoing


class RabbitPublisher:
    """Pipelines a batch on one channel for each exchange, so that a missing exchange fails only its own messages."""

    def __init__(self, connection: Connection, outward: frozenset[str], timeout: float) -> None:
        """`outward`: exchanges for others alone, where it is no fault that nobody listens yet."""
        self._connection, self._outward, self._timeout = connection, outward, timeout
        self._channels: dict[str, AbstractChannel] = {}
        self._opening = asyncio.Lock()

    async def publish(self, batch: Sequence[Outgoing]) -> Sequence[str | None]:
        """None for each message that every queue bound for it keeps, else why not. A message that timed out may have
        arrived nevertheless."""
        by_exchange: dict[str, list[int]] = defaultdict(list)
        for position, outgoing in enumerate(batch):
            by_exchange[outgoing.exchange].append(position)
        groups = [[batch[position] for position in positions] for positions in by_exchange.values()]
        answers = await asyncio.gather(*map(self._publish_group, by_exchange, groups))
        told_of = zip(by_exchange.values(), answers, strict=True)
        placed = {position: why for positions, whys in told_of for position, why in zip(positions, whys, strict=True)}
        return [placed[position] for position in range(len(batch))]

    async def _publish_group(self, name: str, group: Sequence[Outgoing]) -> Sequence[str | None]:
        try:
            channel = await self._channel(name)
        except Unavailable as error:
            return [str(error)] * len(group)
        exchange = await channel.get_exchange(name, ensure=False) if name else channel.default_exchange
        outcomes = await asyncio.gather(*(self._publish(exchange, one) for one in group), return_exceptions=True)
        if any(isinstance(outcome, TimeoutError) for outcome in outcomes):
            self._channels.clear()
            await self._connection.drop()
        return [_why_not(outcome, one) for outcome, one in zip(outcomes, group, strict=True)]

    async def _publish(self, exchange: AbstractExchange, one: Outgoing) -> None:
        mandatory = one.exchange not in self._outward
        await exchange.publish(to_amqp(one.wire), one.routing_key, mandatory=mandatory, timeout=self._timeout)

    async def _channel(self, name: str) -> AbstractChannel:
        async with self._opening:
            if name not in self._channels or self._channels[name].is_closed:
                self._channels[name] = await self._connection.channel()
            return self._channels[name]


def _why_not(outcome: BaseException | None, one: Outgoing) -> str | None:
    match outcome:
        case None:
            return None
        case PublishError():
            return f"unroutable: no queue is bound to {one.exchange or 'the default exchange'} for {one.routing_key}"
        case DeliveryError():
            return "refused: the broker did not confirm it"
        case TimeoutError():
            return "timed out: the broker did not confirm it in time"
        case _:
            return f"broker: {told(outcome)}"
