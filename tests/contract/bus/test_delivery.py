"""Every bus delivers at least once, loses nothing, and tells what it could not publish."""

import asyncio

import pytest

from core.messaging.ports import Outgoing
from tests.contract.bus.stage import Stage, ids, is_empty, take, wire


async def test_a_message_arrives_as_it_was_sent(stage: Stage) -> None:
    sent = wire("m1", bytes(range(256)) * 1000)
    assert await stage.bus.publisher.publish([Outgoing(stage.topology.exchanges[0], "one.v1", sent)]) == [None]
    (delivery,) = await take(stage.queue(), 1)
    assert delivery.wire == sent


async def test_every_queue_bound_for_a_message_gets_it_and_no_other(stage: Stage) -> None:
    await stage.publish("for-both")
    await stage.publish("for-one", kind="one.v1")
    assert sorted(ids(await take(stage.queue(0), 2))) == ["for-both", "for-one"]
    assert ids(await take(stage.queue(1), 1)) == ["for-both"]
    assert await is_empty(stage.queue(1))


async def test_what_cannot_be_routed_is_told_and_the_rest_of_the_batch_goes(stage: Stage) -> None:
    nowhere = Outgoing("billow.no-such-exchange", "both.v1", wire("nowhere"))
    batch = [stage.outgoing("m1"), stage.outgoing("unbound", "nobody.v1"), nowhere, stage.outgoing("m2")]
    for _ in range(2):
        first, unbound, missing, last = await stage.bus.publisher.publish(batch)
        assert (first, last) == (None, None)
        assert "unroutable" in str(unbound)
        assert "no-such-exchange" in str(missing)
    assert sorted(ids(await take(stage.queue(), 4))) == ["m1", "m1", "m2", "m2"]


async def test_what_is_published_for_others_alone_goes_even_when_nobody_listens(stage: Stage) -> None:
    assert await stage.bus.publisher.publish([Outgoing(stage.topology.exchanges[2], "told.v1", wire("m1"))]) == [None]


async def test_the_same_message_twice_in_a_batch_is_confirmed_twice(stage: Stage) -> None:
    assert await stage.publish("m1", "m1") == [None, None]
    unbound, bound = stage.outgoing("m2", "nobody.v1"), stage.outgoing("m2")
    answers = await stage.bus.publisher.publish([unbound, bound, unbound])
    assert [answer is None for answer in answers] == [False, True, False]
    assert ids(await take(stage.queue(), 3)) == ["m1", "m1", "m2"]


async def test_an_empty_batch_is_nothing(stage: Stage) -> None:
    assert list(await stage.publish()) == []
    await stage.queue().ack([])
    await stage.queue().hand_back([])


async def test_what_was_confirmed_is_there_for_whoever_comes_later(stage: Stage) -> None:
    async with stage.open() as publishing:
        answers = await publishing.publisher.publish([stage.outgoing(f"m{n}") for n in range(150)])
    assert answers == [None] * 150
    assert len(set(ids(await take(stage.queue(), 150)))) == 150


async def test_what_is_not_acked_comes_again_when_its_receiver_is_gone(stage: Stage) -> None:
    await stage.publish("m1", "m2", "m3")
    async with stage.open() as dying:
        queue = dying.queue(stage.names[0])
        first, *_ = await take(queue, 3)
        await queue.ack([first])
    assert sorted(ids(await take(stage.queue(), 2))) == ["m2", "m3"]
    assert await is_empty(stage.queue())


async def test_what_is_handed_back_comes_again_and_nothing_is_lost(stage: Stage) -> None:
    await stage.publish(*(f"m{n}" for n in range(20)))
    queue = stage.queue()
    taken = await take(queue, 20)
    await queue.hand_back(taken[::2])
    await queue.ack(taken[1::2])
    again = await take(queue, 10)
    assert sorted(ids(again)) == sorted(ids(taken[::2]))
    await queue.ack(again)
    assert await is_empty(queue)


async def test_acks_in_any_order_settle_exactly_what_they_name(stage: Stage) -> None:
    names = [f"m{n}" for n in range(12)]
    await stage.publish(*names)
    async with stage.open() as other:
        queue = other.queue(stage.names[0])
        taken = {delivery.wire.message_id: delivery for delivery in await take(queue, 12)}
        for group in (("m7", "m8"), ("m0", "m2", "m1"), ("m11",), ("m5", "m3")):
            await queue.ack([taken[name] for name in group])
    assert sorted(ids(await take(stage.queue(), 4))) == ["m10", "m4", "m6", "m9"]
    assert await is_empty(stage.queue())


async def test_receive_gives_what_is_there_and_never_more_than_asked(stage: Stage) -> None:
    await stage.publish(*(f"m{n}" for n in range(50)))
    queue = stage.queue()
    got: list[str] = []
    while len(got) < 50:
        batch = await queue.receive(20)
        assert 1 <= len(batch) <= 20
        got += ids(batch)
        await queue.ack(batch)
    assert len(set(got)) == 50


async def test_receive_waits_for_what_comes_later(stage: Stage) -> None:
    waiting = asyncio.create_task(take(stage.queue(), 1))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    await stage.publish("late")
    assert ids(await waiting) == ["late"]


async def test_a_receive_that_is_given_up_at_any_point_loses_nothing(stage: Stage) -> None:
    queue = stage.queue()
    await stage.publish(*(f"m{n}" for n in range(30)))
    for steps in range(0, 60, 2):
        waiting = asyncio.create_task(queue.receive(1))
        for _ in range(steps):
            await asyncio.sleep(0)
        waiting.cancel()
        (given,) = await asyncio.gather(waiting, return_exceptions=True)
        if not isinstance(given, BaseException):
            await queue.hand_back(given)
    assert len(set(ids(await take(queue, 30)))) == 30


async def test_two_receivers_share_a_queue_without_a_message_going_to_both(stage: Stage) -> None:
    async with stage.open() as other:
        queues = (stage.queue(), other.queue(stage.names[0]))
        for queue in queues:
            assert await is_empty(queue)  # both are consuming
        await stage.publish(*(f"m{n}" for n in range(100)))
        got: list[str] = []

        async def work(at: int) -> None:
            while len(got) < 100:
                batch = await queues[at].receive(10)
                got.extend(ids(batch))
                await queues[at].ack(batch)

        workers = [asyncio.create_task(work(0)), asyncio.create_task(work(1))]
        async with asyncio.timeout(20):
            await asyncio.wait(workers, return_when=asyncio.FIRST_COMPLETED)
        for worker in workers:
            worker.cancel()
        assert sorted(got) == sorted(f"m{n}" for n in range(100))


async def test_settling_what_a_closed_bus_delivered_is_ignored(stage: Stage) -> None:
    await stage.publish("m1", "m2")
    async with stage.open() as closing:
        old = closing.queue(stage.names[0])
        stale = await take(old, 2)
    again = await take(stage.queue(), 2)
    await old.ack(stale[:1])
    await old.hand_back(stale[1:])
    await stage.queue().ack(again)
    assert await is_empty(stage.queue())


async def test_a_perishable_message_is_delivered_like_any_other(stage: Stage) -> None:
    assert await stage.bus.publisher.publish([stage.perishable("card")]) == [None]
    assert ids(await take(stage.queue(2), 1)) == ["card"]


async def test_an_open_bus_is_well(stage: Stage) -> None:
    await stage.bus.check()


@pytest.mark.parametrize("size", [1, 256 * 1024])
async def test_bodies_of_any_size_we_take_come_through(stage: Stage, size: int) -> None:
    big = Outgoing(stage.topology.exchanges[0], "one.v1", wire("m", b"x" * size))
    assert await stage.bus.publisher.publish([big]) == [None]
    (delivery,) = await take(stage.queue(), 1)
    assert len(delivery.wire.body) == size
