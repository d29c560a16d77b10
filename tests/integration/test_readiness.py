"""A stopped database turns `/readyz` red within its bound, and green again by itself."""

import asyncio
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.postgres.embedded import embedded_postgres_at
from adapters.postgres.migrations import migrate
from entrypoints.http.kit.probes import CHECK_SECONDS
from entrypoints.settings import schemas
from tests.integration.waiting import until
from tests.journeys.world import GATEWAYS, World, open_world

SLACK = 2.0


async def readiness(world: World) -> tuple[int, list[str]]:
    async with world.http.get(world.billow.server.url + "/readyz") as answer:
        return answer.status, sorted((await answer.json(content_type=None)).get("failed", []))


async def slots_in_use(world: World) -> int:
    return sum(database.slots_in_use for database in world.billow.installation.databases.values())


class Server:
    """A PostgreSQL of our own that can be stopped and started again at the same place."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.start()

    def start(self) -> None:
        self._context = embedded_postgres_at(self._folder)
        self.url = self._context.__enter__()

    def stop(self) -> None:
        self._context.__exit__(None, None, None)


@pytest.fixture
def server(home: Path) -> Iterator[Server]:
    server = Server(home / "postgres")
    yield server
    server.stop()


async def test_a_stopped_database_is_seen_and_so_is_its_return(
    server: Server, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await migrate(dict.fromkeys(schemas(GATEWAYS), server.url))
    async with open_world(home / "billow", server.url, "", "", {}) as world:
        person = await world.person(card="visa")
        await until(lambda: readiness(world), (200, []))

        await asyncio.to_thread(server.stop)
        began = time.monotonic()
        status, failed = await readiness(world)
        assert time.monotonic() - began < CHECK_SECONDS + SLACK
        roles = list(world.billow.installation.roles)
        assert (status, failed) == (503, sorted(f"{role} {what}" for role in roles for what in ("broker", "database")))
        async with world.http.get(world.billow.server.url + "/healthz") as answer:
            assert answer.status == 200

        await asyncio.to_thread(server.start)
        await until(lambda: readiness(world), (200, []))
        payment = await person.payment(await world.charge(person))
        assert payment["state"] == "succeeded"
        await until(lambda: slots_in_use(world), 0)
    ours = [record for record in caplog.records if record.name.split(".")[0] in ("core", "adapters", "entrypoints")]
    assert not [record.getMessage() for record in ours if record.levelno >= logging.ERROR], "trouble is no fault"
