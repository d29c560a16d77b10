"""A bus is idle when no message waits and none is being handled."""

from tests.contract.bus.stage import Stage, take, until


async def test_a_bus_is_idle_until_something_is_published(stage: Stage) -> None:
    stage.queue()
    assert await stage.bus.idle()
    await stage.publish("m1")
    assert not await stage.bus.idle()


async def test_a_message_in_hand_keeps_the_bus_from_being_idle(stage: Stage) -> None:
    await stage.publish("m1", kind="one.v1")
    taken = await take(stage.queue(), 1)
    assert not await stage.bus.idle()
    await stage.queue().ack(taken)
    await until(stage.bus.idle)


async def test_a_message_handed_back_keeps_the_bus_from_being_idle(stage: Stage) -> None:
    await stage.publish("m1", kind="one.v1")
    await stage.queue().hand_back(await take(stage.queue(), 1))
    assert not await stage.bus.idle()
    await stage.queue().ack(await take(stage.queue(), 1))
    await until(stage.bus.idle)


async def test_a_parked_message_leaves_the_bus_idle(stage: Stage) -> None:
    await stage.publish("m1", kind="one.v1")
    taken = await take(stage.queue(), 1)
    await stage.bus.dead_letters.park(stage.names[0], taken[0].wire, "no good")
    await stage.queue().ack(taken)
    await until(stage.bus.idle)
