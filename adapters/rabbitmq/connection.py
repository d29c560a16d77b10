"""One plain connection: opened when it is needed, thrown away on trouble."""

import asyncio
import re
from contextlib import suppress

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection

from adapters.rabbitmq.trouble import within
from core.kernel.trouble import Unavailable

_CLOSE_SECONDS = 3.0


class Connection:
    """Opens channels. `timeout`: seconds that opening a connection or a channel may take."""

    def __init__(self, url: str, name: str, timeout: float) -> None:
        self._url, self._name, self._timeout = url, name, timeout
        self._open: AbstractConnection | None = None
        self._opening = asyncio.Lock()

    async def channel(self) -> AbstractChannel:
        """A new channel with confirms, on which an unroutable publish raises. Raises `Unavailable`."""
        connection = await self._connected()
        try:
            return await within(self._timeout, _channel_of(connection))
        except Unavailable:
            await self.drop(connection)
            raise

    async def _connected(self) -> AbstractConnection:
        async with self._opening:
            if self._open is None or self._open.is_closed:
                self._open = await within(self._timeout, self._connect())
            return self._open

    async def _connect(self) -> AbstractConnection:
        return await aio_pika.connect(
            self._url, timeout=self._timeout, client_properties={"connection_name": self._name}
        )

    async def server_version(self) -> tuple[int, ...]:
        """Such as (4, 0, 5)."""
        transport = (await self._connected()).transport
        if transport is None:
            raise Unavailable("broker: the connection was lost")
        version = str(transport.connection.server_properties["version"])
        return tuple(int(part) for part in re.findall(r"\d+", version)[:3])

    async def drop(self, connection: AbstractConnection | None = None) -> None:
        """Close it, if it is still the one in use; the next channel is on a new one."""
        current = self._open
        if current is None or connection not in (None, current):
            return
        self._open = None
        with suppress(Unavailable):
            await within(_CLOSE_SECONDS, _close(current))

    async def close_quietly(self, channel: AbstractChannel) -> None:
        with suppress(Unavailable):
            await within(_CLOSE_SECONDS, _close(channel))


async def _channel_of(connection: AbstractConnection) -> AbstractChannel:
    return await connection.channel(publisher_confirms=True, on_return_raises=True)


async def _close(what: AbstractConnection | AbstractChannel) -> None:
    await what.close()
