from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from uuid import uuid4

import pytest

from adapters.inprocess.bus import PostgresBus
from adapters.rabbitmq.bus import RabbitBus
from adapters.rabbitmq.topology import apply_topology
from core.messaging.ports import Bus
from core.topology import Topology
from scripts.rabbitmq import Broker
from tests.conftest import Databases, ManualClock
from tests.contract.bus.stage import Stage, topology_of


@pytest.fixture
def topology() -> Topology:
    return topology_of(uuid4().hex[:8])


@pytest.fixture
async def on_rabbitmq(rabbitmq: Broker, topology: Topology, clock: ManualClock) -> AsyncIterator[Stage]:
    async for stage in rabbitmq_stage(rabbitmq, topology, clock):
        yield stage


async def rabbitmq_stage(broker: Broker, topology: Topology, clock: ManualClock) -> AsyncIterator[Stage]:
    def opened() -> AbstractAsyncContextManager[Bus]:
        return RabbitBus(broker.url, topology, clock, publish_timeout=5)

    await apply_topology(broker.url, topology, broker.management_url)
    async with opened() as bus:
        yield Stage(bus, opened, topology)


@pytest.fixture
async def on_postgres(databases: Databases, topology: Topology, clock: ManualClock) -> AsyncIterator[Stage]:
    url = await databases.fresh()

    def opened() -> AbstractAsyncContextManager[Bus]:
        return PostgresBus(url, topology, clock)

    async with opened() as bus:
        yield Stage(bus, opened, topology)


@pytest.fixture(params=["rabbitmq", "postgres"])
def stage(request: pytest.FixtureRequest) -> Stage:
    found: Stage = request.getfixturevalue(f"on_{request.param}")
    return found
