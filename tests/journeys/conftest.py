"""Each journey is told twice: on the embedded default, and on RabbitMQ. One world for each file and broker."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import nullcontext
from inspect import iscoroutinefunction
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from adapters.documents.invoices import WeasyPrintInvoices
from core.messaging.ports import Outgoing
from entrypoints import installation
from entrypoints.settings import schemas
from scripts import rabbitmq as brokers
from tests.conftest import Databases
from tests.journeys.world import GATEWAYS, World, open_world

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of a file share its world, and all worlds those who print; so there is one event loop."""
    for item in items:
        if item.path.is_relative_to(HERE) and isinstance(item, pytest.Function) and iscoroutinefunction(item.function):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def rabbitmq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[brokers.Broker]:
    """The broker that `BILLOW_TEST_AMQP_URL` names, else one of our own."""
    broker = brokers.start(Path(tmp_path_factory.mktemp("rabbitmq")), plugins=("rabbitmq_management",))
    yield broker
    broker.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def printers() -> AsyncIterator[WeasyPrintInvoices]:
    """Starting them takes longer than most stories, so all worlds print with the same."""
    async with WeasyPrintInvoices() as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=["embedded", "rabbitmq"])
async def world(
    request: pytest.FixtureRequest,
    databases: Databases,
    printers: WeasyPrintInvoices,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[World]:
    """A file may name settings of its own in ENVIRON."""
    home, owner = Path(tmp_path_factory.mktemp("home")), await databases.fresh(*schemas(GATEWAYS))
    await hurry(owner)
    broker = request.getfixturevalue("rabbitmq") if request.param == "rabbitmq" else None
    urls = (broker.url, broker.management_url) if broker else ("", "")
    environ: dict[str, str] = getattr(request.module, "ENVIRON", {})
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(installation, "WeasyPrintInvoices", lambda: nullcontext(printers))
        async with open_world(home, owner, *urls, environ) as opened:
            yield opened


@pytest.fixture
def published(world: World, monkeypatch: pytest.MonkeyPatch) -> list[Outgoing]:
    """Everything that goes over the broker."""
    seen: list[Outgoing] = []
    publish = world.bus.publisher.publish

    async def noted(batch: Sequence[Outgoing]) -> Sequence[str | None]:
        seen.extend(batch)
        return await publish(batch)

    monkeypatch.setattr(world.bus.publisher, "publish", noted)
    return seen


async def hurry(owner: str) -> None:
    """No story pulls the plug, so no commit has to wait for the disk."""
    connection = await asyncpg.connect(owner)
    try:
        name = await connection.fetchval("SELECT current_database()")
        await connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    finally:
        await connection.close()
