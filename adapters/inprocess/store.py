"""A pool of connections whose every trouble is `Unavailable`."""

import json
from typing import Any

import asyncpg

from core.kernel.trouble import Unavailable
from core.messaging.envelope import Wire

_LOST = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)
_STATEMENT_SECONDS = 15.0

Row = asyncpg.Record


class Store:
    """Each statement is a transaction of its own."""

    def __init__(self, url: str, slots: int) -> None:
        self._url, self._slots = url, slots
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    async def open(self, tables: str) -> None:
        try:
            self._pool = await asyncpg.create_pool(
                self._url, min_size=1, max_size=self._slots, command_timeout=_STATEMENT_SECONDS
            )
        except _LOST as error:
            raise _unavailable(error) from error
        await self.run(tables)

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()

    async def run(self, statement: str, *arguments: Any) -> None:
        try:
            await self._opened.execute(statement, *arguments)
        except _LOST as error:
            raise _unavailable(error) from error

    async def rows(self, statement: str, *arguments: Any) -> list[Row]:
        try:
            return [*await self._opened.fetch(statement, *arguments)]
        except _LOST as error:
            raise _unavailable(error) from error

    async def value(self, statement: str, *arguments: Any) -> Any:
        (row,) = await self.rows(statement, *arguments)
        return next(iter(row.values()))

    @property
    def _opened(self) -> "asyncpg.Pool[asyncpg.Record]":
        if self._pool is None:
            raise Unavailable("the bus is not open")
        return self._pool


def _unavailable(error: BaseException) -> Unavailable:
    return Unavailable(f"bus: {type(error).__name__} {error}".strip())


def headers_of(wire: Wire) -> str:
    return json.dumps(dict(wire.headers))


def wire_of(row: Row) -> Wire:
    return Wire(json.loads(row["headers"]), row["body"], row["content_type"])
