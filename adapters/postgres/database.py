"""Connections: a pool for each schema, and transactions that lose no pool slot when their task is cancelled."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
from tortoise import Tortoise
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper

from adapters.postgres.errors import translated
from adapters.postgres.sql import Sql

ACQUIRE_SECONDS = 5.0
"""How long a unit of work waits for a pool slot. The library would wait for ever."""


class Database:
    """One role's schema."""

    def __init__(self, client: AsyncpgDBClient) -> None:
        self._client = client

    @property
    def pool(self) -> "asyncpg.Pool[asyncpg.Record]":
        assert self._client._pool is not None, "opened by open_databases"
        return self._client._pool

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[TransactionWrapper]:
        """Commits when the block ends well, else rolls back. Tortoise's own context leaks its slot when cancelled."""
        async with self.pool.acquire(timeout=ACQUIRE_SECONDS) as connection, connection.transaction():
            wrapper = TransactionWrapper(self._client)
            wrapper._connection = connection  # type: ignore[assignment]
            yield wrapper

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Sql]:
        """A connection for queries that change nothing."""
        with translated():
            async with self.pool.acquire(timeout=ACQUIRE_SECONDS) as connection:
                yield connection

    @property
    def slots_in_use(self) -> int:
        return self.pool.get_size() - self.pool.get_idle_size()

    async def check(self) -> None:
        """Raise `Unavailable` when the database does not answer."""
        async with self.reading() as connection:
            await connection.fetchval("SELECT 1")


@asynccontextmanager
async def open_databases(urls: Mapping[str, str], slots: int = 8) -> AsyncIterator[Mapping[str, Database]]:
    """Open a pool for each schema. Once per process at a time: the object mapper knows one set of connections."""
    connections = {schema: _connection(url, schema, slots) for schema, url in urls.items()}
    config = {"connections": connections, "apps": _apps(list(urls)), "use_tz": True, "timezone": "UTC"}
    await Tortoise.init(config=config, _enable_global_fallback=True)
    try:
        with translated():
            clients = {schema: Tortoise.get_connection(schema) for schema in urls}
            await asyncio.gather(*(client.create_connection(with_db=True) for client in clients.values()))
        yield {schema: Database(client) for schema, client in clients.items()}  # type: ignore[arg-type]
    finally:
        await Tortoise.close_connections()


def _connection(url: str, schema: str, slots: int) -> dict[str, Any]:
    credentials = {**credentials_of(url), "schema": schema, "minsize": 1, "maxsize": slots}
    return {"engine": "tortoise.backends.asyncpg", "credentials": credentials}


def credentials_of(url: str) -> dict[str, Any]:
    """The parts of a libpq URL (PostgreSQL manual 34.1.1.2), a socket folder given as `?host=` included."""
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    credentials: dict[str, Any] = {
        "host": query.pop("host", parts.hostname or "127.0.0.1"),
        "port": parts.port or 5432,
        "user": unquote(parts.username or "postgres"),
        "password": unquote(parts.password or ""),
        "database": parts.path.lstrip("/") or "postgres",
    }
    return credentials | ({"ssl": query["sslmode"]} if "sslmode" in query else {})


def _apps(schemas: Sequence[str]) -> dict[str, Any]:
    """The mapper wants a connection for each model; ours are always told which one to use."""
    roles = dict.fromkeys(schema.partition("_")[0] for schema in schemas)
    return {
        name: {"models": [f"adapters.postgres.{name}.rows"], "default_connection": schemas[0]}
        for name in ("messaging", *roles)
    }
