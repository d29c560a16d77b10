"""RabbitMQ in trouble: crashes, alarms, missing queues and bad addresses lose nothing and hang nobody."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import aio_pika
import pytest

from adapters.rabbitmq.bus import RabbitBus
from adapters.rabbitmq.topology import apply_topology
from core.kernel.trouble import Unavailable
from core.messaging.ports import Outgoing
from core.topology import Topology
from scripts.loopback import free_ports
from scripts.rabbitmq import Broker
from tests.conftest import ManualClock, eventually
from tests.contract.bus.conftest import rabbitmq_stage
from tests.contract.bus.stage import Stage, ids, is_empty, take, until, wire


@pytest.fixture
async def stage(own_rabbitmq: Broker, topology: Topology, clock: ManualClock) -> AsyncIterator[Stage]:
    async for stage in rabbitmq_stage(own_rabbitmq, topology, clock):
        yield stage


class Traffic:
    """Publishes until told to stop, each message again until it is confirmed; and receives and acks all the while."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.confirmed: set[str] = set()
        self.received: set[str] = set()
        self.failures = 0
        self.stopped = False

    async def publish(self) -> None:
        number = 0
        while not self.stopped:
            due = [f"m{number + step}" for step in range(20)]
            number += 20
            while due:
                answers = await self.stage.publish(*due, kind="one.v1")
                self.confirmed |= {name for name, why in zip(due, answers, strict=True) if why is None}
                due = [name for name in due if name not in self.confirmed]
                self.failures += len(due)
                await asyncio.sleep(0.05 if due else 0)

    async def receive(self) -> None:
        queue = self.stage.queue()
        while True:
            batch = await queue.receive(50)
            self.received |= set(ids(batch))
            await queue.ack(batch)


@pytest.mark.timeout(240)
async def test_a_broker_killed_under_traffic_loses_nothing(stage: Stage, own_rabbitmq: Broker) -> None:
    traffic = Traffic(stage)
    publishing, receiving = asyncio.create_task(traffic.publish()), asyncio.create_task(traffic.receive())
    await eventually(lambda: len(traffic.received) > 300)
    for _ in range(2):
        await asyncio.to_thread(own_rabbitmq.kill)
        known = len(traffic.confirmed)
        await asyncio.to_thread(own_rabbitmq.restart)
        await eventually(lambda known=known: len(traffic.confirmed) > known + 100, seconds=60)
    traffic.stopped = True
    await asyncio.wait_for(publishing, 30)
    await eventually(lambda: traffic.confirmed <= traffic.received, seconds=60)
    receiving.cancel()
    assert traffic.failures > 0
    assert await is_empty(stage.queue())


@pytest.mark.timeout(240)
async def test_an_alarm_ends_publishes_in_time_and_what_timed_out_may_still_arrive(
    stage: Stage, own_rabbitmq: Broker
) -> None:
    await stage.publish("before")
    async with asyncio.timeout(60):
        await asyncio.to_thread(own_rabbitmq.ctl, "set_vm_memory_high_watermark", "0.000001")
        try:
            answers = await stage.publish("first", "second")
            while answers[0] is None:  # the alarm takes a moment
                answers = await stage.publish("first", "second")
            assert all("timed out" in str(why) or "broker" in str(why) for why in answers)
            assert "before" in ids(await stage.queue(1).receive(50))  # the other connection is not held up
        finally:
            await asyncio.to_thread(own_rabbitmq.ctl, "set_vm_memory_high_watermark", "0.6")
        await until(partial(is_confirmed, stage, "first", "second"))
    assert {"before", "first", "second"} <= set(ids(await take(stage.queue(), 3)))


async def test_a_consumer_whose_queue_is_missing_waits_until_it_is_made(
    rabbitmq: Broker, topology: Topology, clock: ManualClock
) -> None:
    async with RabbitBus(rabbitmq.url, topology, clock) as bus:
        stage = Stage(bus, lambda: bus, topology)
        waiting = asyncio.create_task(take(stage.queue(), 1))
        await asyncio.sleep(0.3)
        assert (await stage.publish("m1"))[0] is not None
        await apply_topology(rabbitmq.url, topology, rabbitmq.management_url)
        assert await stage.publish("m1") == [None]
        assert ids(await asyncio.wait_for(waiting, 20)) == ["m1"]


async def test_a_consumer_survives_that_its_queue_is_deleted_and_made_again(stage: Stage, own_rabbitmq: Broker) -> None:
    queue = stage.queue()
    assert await is_empty(queue)
    waiting = asyncio.create_task(take(queue, 1))
    await asyncio.to_thread(own_rabbitmq.ctl, "delete_queue", stage.names[0])
    await apply_topology(own_rabbitmq.url, stage.topology, own_rabbitmq.management_url)
    assert await stage.publish("m1") == [None]
    assert ids(await asyncio.wait_for(waiting, 20)) == ["m1"]


async def test_a_message_delivered_too_often_ends_up_parked_by_the_broker(stage: Stage) -> None:
    await stage.publish("poison", kind="one.v1")
    name, dead = stage.names[0], stage.bus.dead_letters
    for _ in range(22):
        async with stage.open() as crashing:
            if await is_parked(stage):
                break
            await take(crashing.queue(name), 1)
    await until(partial(is_parked, stage))
    (letter,) = await dead.list(name)
    assert (letter.wire.message_id, letter.reason) == ("poison", "the broker: delivery_limit")
    assert await dead.replay(name, [letter.id]) == 1
    assert ids(await take(stage.queue(), 1)) == ["poison"]


async def is_confirmed(stage: Stage, *names: str) -> bool:
    return await stage.publish(*names) == [None] * len(names)


async def is_parked(stage: Stage) -> bool:
    return (await stage.bus.dead_letters.depths())[stage.names[0]] == 1


async def test_a_plain_client_reads_what_we_publish(stage: Stage, own_rabbitmq: Broker) -> None:
    news = stage.topology.exchanges[2]
    async with await aio_pika.connect(own_rabbitmq.url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind(news, "told.v1")
        assert await stage.bus.publisher.publish([Outgoing(news, "told.v1", wire("m1"))]) == [None]
        message = await queue.get(timeout=10)
    assert (message.headers, message.body) == (wire("m1").headers, wire("m1").body)
    assert (message.content_type, message.delivery_mode) == ("application/json", aio_pika.DeliveryMode.PERSISTENT)


async def test_nobody_at_the_address_is_told_within_the_deadline(topology: Topology, clock: ManualClock) -> None:
    (port,) = free_ports(1)
    bus = RabbitBus(f"amqp://guest:guest@127.0.0.1:{port}/", topology, clock, connect_timeout=2)
    stage = Stage(bus, lambda: bus, topology)
    with pytest.raises(Unavailable):
        await bus.check()
    assert all("broker" in str(why) for why in await stage.publish("m1", "m2"))


async def test_a_broker_that_never_answers_is_told_within_the_deadline(topology: Topology, clock: ManualClock) -> None:
    silence = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1")
    port = silence.sockets[0].getsockname()[1]
    bus = RabbitBus(f"amqp://guest:guest@127.0.0.1:{port}/", topology, clock, connect_timeout=0.5)
    with pytest.raises(Unavailable):
        async with asyncio.timeout(5):
            await bus.check()
    silence.close()
