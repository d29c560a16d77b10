"""What one channel has delivered and not yet had settled. It dies with its channel: the broker delivers again."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from time import monotonic
from typing import Any

from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from adapters.rabbitmq.trouble import within
from adapters.rabbitmq.wires import from_amqp
from core.kernel.trouble import Unavailable
from core.messaging.ports import Delivery

_SETTLE_SECONDS = 10.0
_BACK_AGAIN_SECONDS = 1.0


class Intake:
    """A consumer on one channel. Its callback only hands messages over, since the library cancels running callbacks."""

    def __init__(self, channel: AbstractChannel) -> None:
        self.channel = channel
        self._arrived: asyncio.Queue[AbstractIncomingMessage | None] = asyncio.Queue()
        self._unsettled: dict[int, AbstractIncomingMessage] = {}
        self._handed_back_at = monotonic() - _BACK_AGAIN_SECONDS
        self.ended = False

    async def start(self, queue: str, prefetch: int) -> None:
        """Consume an existing queue; it is declared passively, so a wrong one cannot be made by accident."""
        self.channel.close_callbacks.add(self._on_end)
        (await self.channel.get_underlay_channel()).on_consumer_cancel_callbacks.add(self._on_end)
        await self.channel.set_qos(prefetch_count=prefetch)
        await (await self.channel.declare_queue(queue, passive=True)).consume(self._on_message)

    @property
    def empty_handed(self) -> bool:
        """Nothing it was given waits to be settled, or was handed back just now: a quorum queue shows that late."""
        return not self._unsettled and monotonic() - self._handed_back_at > _BACK_AGAIN_SECONDS

    async def _on_message(self, message: AbstractIncomingMessage) -> None:
        self._unsettled[message.delivery_tag or 0] = message
        self._arrived.put_nowait(message)

    def _on_end(self, *_: Any) -> None:
        self.ended = True
        self._arrived.put_nowait(None)

    async def take(self, most: int) -> Sequence[Delivery]:
        """Wait for one message, then take what is there. Empty when the channel is gone, with all that it brought."""
        messages = [await self._arrived.get()]
        while len(messages) < most and not self._arrived.empty():
            messages.append(self._arrived.get_nowait())
        if self.ended:
            self._arrived.put_nowait(None)  # for whoever else waits
            return []
        return [Delivery(from_amqp(message), (self, message.delivery_tag)) for message in messages if message]

    async def ack(self, tags: Sequence[int]) -> None:
        """Everything up to the last message before the first open gap with one word, the rest one by one."""
        known = [tag for tag in tags if tag in self._unsettled]
        up_to = self._last_before_a_gap(set(known))
        messages = {tag: self._unsettled.pop(tag) for tag in known}
        if up_to:
            await self._tell(partial(messages[up_to].ack, multiple=True))
        for tag, message in messages.items():
            if tag > up_to:
                await self._tell(message.ack)

    async def hand_back(self, tags: Sequence[int]) -> None:
        self._handed_back_at = monotonic()
        for message in [self._unsettled.pop(tag) for tag in tags if tag in self._unsettled]:
            await self._tell(partial(message.nack, requeue=True))

    def _last_before_a_gap(self, tags: set[int]) -> int:
        last = 0
        for tag in self._unsettled:  # in order of delivery
            if tag not in tags:
                break
            last = tag
        return last

    async def _tell(self, settle: Callable[[], Coroutine[Any, Any, None]]) -> None:
        if not self.ended:
            try:
                await within(_SETTLE_SECONDS, settle())
            except Unavailable:
                self._on_end()
