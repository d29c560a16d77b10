"""`apply_topology` makes what is missing, tells what differs, deletes nothing, and changes nothing when run again."""

import asyncio
import shlex
from collections.abc import AsyncIterator
from dataclasses import replace

import aio_pika
import pytest

from adapters.rabbitmq.declaring import Binding, bindings
from adapters.rabbitmq.policies import policies
from adapters.rabbitmq.topology import apply_topology
from core.topology import Topology
from scripts.rabbitmq import Broker


@pytest.fixture
def broker(own_rabbitmq: Broker) -> Broker:
    return own_rabbitmq


@pytest.fixture
async def channel(broker: Broker) -> AsyncIterator[aio_pika.abc.AbstractChannel]:
    async with await aio_pika.connect(broker.url) as connection:
        yield await connection.channel()


async def test_everything_is_made_once_and_nothing_differs_the_second_time(broker: Broker, topology: Topology) -> None:
    first = await apply_topology(broker.url, topology, broker.management_url)
    for exchange in topology.exchanges:
        assert f"exchange {exchange}" in first.made
    for queue in topology.queues:
        assert {f"queue {queue.name}", f"policy {queue.name}"} <= set(first.made)
        assert (f"queue {queue.name}.dead" in first.made) == (not queue.perishable)
    second = await apply_topology(broker.url, topology, broker.management_url)
    assert second.made == ()
    assert second.commands == ()
    assert not [line for line in second.differs if topology.queues[0].name in line]


async def test_without_the_management_api_the_policies_are_told_as_commands_that_work(
    broker: Broker, topology: Topology
) -> None:
    applied = await apply_topology(broker.url, topology)
    assert len(applied.commands) == len(topology.queues)
    for words in applied.commands:
        await asyncio.to_thread(broker.ctl, *shlex.split(shlex.join(words)))
    again = await apply_topology(broker.url, topology, broker.management_url)
    assert again.made == ()


async def test_a_queue_of_another_kind_is_told_and_left_alone(
    broker: Broker, topology: Topology, channel: aio_pika.abc.AbstractChannel
) -> None:
    name = topology.queues[0].name
    await channel.declare_queue(name, durable=True, arguments={"x-queue-type": "classic"})
    applied = await apply_topology(broker.url, topology, broker.management_url)
    assert [line for line in applied.differs if line.startswith(f"queue {name}: ") and "x-queue-type" in line]


async def test_what_nothing_uses_any_more_is_told_and_left_alone(
    broker: Broker, topology: Topology, channel: aio_pika.abc.AbstractChannel
) -> None:
    await apply_topology(broker.url, topology, broker.management_url)
    kept, dropped, perishable = topology.queues
    fewer = Topology(topology.exchanges, (replace(kept, kinds=kept.kinds[:1]), perishable))
    applied = await apply_topology(broker.url, fewer, broker.management_url)
    told = [line for line in applied.differs if dropped.name.partition("-")[0] in line]
    assert sorted(told) == sorted(
        [
            f"queue {dropped.name}: nothing uses it",
            f"queue {dropped.name}.dead: nothing uses it",
            f"binding {kept.exchange} -{kept.kinds[1]}-> {kept.name}: nobody handles that",
            f"policy {dropped.name}: it belongs to no queue",
        ]
    )
    await channel.declare_queue(dropped.name, passive=True)


def test_lasting_queues_dead_letter_safely_and_perishable_ones_only_forget(topology: Topology) -> None:
    one, _, cards = policies(topology)
    assert one.definition == {
        "delivery-limit": 20,
        "dead-letter-exchange": "billow.dead",
        "dead-letter-routing-key": one.name,
        "dead-letter-strategy": "at-least-once",
        "overflow": "reject-publish",
    }
    assert cards.definition == {"message-ttl": 120_000, "delivery-limit": 20}


def test_every_kind_is_bound_and_every_lasting_queue_has_its_dead_letters(topology: Topology) -> None:
    one, two, cards = topology.queues
    assert list(bindings(topology.queues)) == [
        Binding(one.exchange, "both.v1", one.name),
        Binding(one.exchange, "one.v1", one.name),
        Binding("billow.dead", one.name, f"{one.name}.dead"),
        Binding(two.exchange, "both.v1", two.name),
        Binding("billow.dead", two.name, f"{two.name}.dead"),
        Binding(cards.exchange, "card.v1", cards.name),
    ]
