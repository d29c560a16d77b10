"""Servers for tests: a PostgreSQL of their own, and a fresh, migrated database for each test that asks for one."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest
from hypothesis import settings

from adapters.postgres.database import Database, open_databases
from adapters.postgres.embedded import embedded_postgres_at
from adapters.postgres.migrations import migrate

settings.register_profile("billow", deadline=None, print_blob=True)
settings.load_profile("billow")
"""No deadline: a busy machine is no fault of the code."""


class ManualClock:
    """A clock that tests set."""

    def __init__(self, now: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of a private server; its folder is gone afterwards, and no other test run can clean it away before."""
    with TemporaryDirectory(prefix="billow-postgres-") as folder, embedded_postgres_at(Path(folder) / "data") as url:
        yield url


def database_url(server: str, name: str) -> str:
    return server.replace("/postgres?", f"/{name}?")


class Databases:
    """Makes databases; each set of schemas is migrated once and copied after that."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._templates: dict[tuple[str, ...], str] = {}
        self._numbers = count(1)

    async def fresh(self, *schemas: str) -> str:
        """URL of a new database with these schemas, migrated."""
        if schemas not in self._templates:
            name = await self._create()
            await migrate(dict.fromkeys(schemas, database_url(self._server, name)))
            self._templates[schemas] = name
        return database_url(self._server, await self._create(self._templates[schemas]))

    async def _create(self, template: str = "template1") -> str:
        name = f"test_{next(self._numbers)}"
        connection = await asyncpg.connect(self._server)
        try:
            await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        finally:
            await connection.close()
        return name


@pytest.fixture(scope="session")
def databases(postgres_server: str) -> Databases:
    return Databases(postgres_server)


OpenSchema = Callable[[str], AbstractAsyncContextManager[Database]]


@pytest.fixture
def open_schema(databases: Databases) -> OpenSchema:
    """`async with open_schema("payment") as database:` a fresh, migrated schema and its pool."""

    @asynccontextmanager
    async def opened(schema: str) -> AsyncIterator[Database]:
        async with open_databases({schema: await databases.fresh(schema)}) as found:
            yield found[schema]

    return opened


async def eventually(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until the condition holds; fail when it does not in time."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)
