"""What the embedded default adds: leases that run out, and knowing when nothing is on its way."""

import asyncio

from adapters.inprocess.bus import PostgresBus
from tests.conftest import Databases, ManualClock
from tests.contract.bus.stage import Stage, ids, is_empty, take, topology_of


async def test_a_lease_that_runs_out_is_delivered_again_and_its_late_holder_settles_nothing(
    databases: Databases, clock: ManualClock
) -> None:
    topology = topology_of("lease")
    async with PostgresBus(await databases.fresh(), topology, clock, lease=0.2) as bus:
        stage = Stage(bus, lambda: bus, topology)
        await stage.publish("m1", kind="one.v1")
        late = await take(stage.queue(), 1)
        again = await take(stage.queue(), 1)
        assert ids(again) == ["m1"]
        await stage.queue().ack(late)
        assert not await bus.idle()
        await stage.queue().ack(again)
        assert await bus.idle()


async def test_the_bus_is_idle_only_when_nothing_waits_and_nothing_is_being_handled(on_postgres: Stage) -> None:
    bus = on_postgres.bus
    assert isinstance(bus, PostgresBus)
    assert await bus.idle()
    await on_postgres.publish("m1", kind="one.v1")
    assert not await bus.idle()
    taken = await take(on_postgres.queue(), 1)
    assert not await bus.idle()
    await on_postgres.queue().ack(taken)
    assert await bus.idle()


async def test_two_buses_may_open_at_once_on_a_new_database(databases: Databases, clock: ManualClock) -> None:
    url = await databases.fresh()
    buses = [PostgresBus(url, topology_of("new"), clock) for _ in range(4)]
    await asyncio.gather(*(bus.__aenter__() for bus in buses))
    for bus in buses:
        await bus.check()
        await bus.__aexit__(None, None, None)


async def test_a_receiver_in_another_process_finds_what_no_bell_told_it_of(on_postgres: Stage) -> None:
    async with on_postgres.open() as other:
        waiting = asyncio.create_task(take(other.queue(on_postgres.names[0]), 1))
        await asyncio.sleep(0.1)
        await on_postgres.publish("m1")
        assert ids(await waiting) == ["m1"]
        assert await is_empty(on_postgres.queue())
