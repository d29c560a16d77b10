"""A parked message stays where it is, with its reason, until somebody puts it back: once."""

import asyncio

import pytest

from core.kernel.trouble import Unavailable
from core.messaging.envelope import Wire
from core.messaging.ports import Queue
from tests.conftest import ManualClock
from tests.contract.bus.stage import Stage, ids, is_empty, take, wire


async def test_a_parked_message_lies_there_with_its_reason_and_comes_to_nobody(
    stage: Stage, clock: ManualClock
) -> None:
    dead, name = stage.bus.dead_letters, stage.names[0]
    await dead.park(name, wire("poison"), "malformed: no JSON — größer")
    (letter,) = await dead.list(name)
    assert (letter.queue, letter.wire, letter.reason) == (name, wire("poison"), "malformed: no JSON — größer")
    assert letter.parked_at == clock.now()
    assert await is_empty(stage.queue())
    assert await dead.depths() == {stage.names[0]: 1, stage.names[1]: 0}


async def test_looking_takes_nothing_however_often(stage: Stage) -> None:
    dead, name = stage.bus.dead_letters, stage.names[0]
    for number in range(3):
        await dead.park(name, wire(f"m{number}"), f"reason {number}")
    first = await dead.list(name)
    for _ in range(25):
        assert {letter.id for letter in await dead.list(name)} == {letter.id for letter in first}
    assert len({letter.id for letter in first}) == 3
    assert len(await dead.list(name, most=2)) == 2
    assert (await dead.depths())[name] == 3


async def test_chosen_messages_are_put_back_once_and_the_others_stay(stage: Stage) -> None:
    dead, name = stage.bus.dead_letters, stage.names[0]
    for number in range(4):
        await dead.park(name, wire(f"m{number}"), "for now")
    letters = {letter.wire.message_id: letter.id for letter in await dead.list(name)}
    assert await dead.replay(name, [letters["m1"], letters["m3"], "no such id"]) == 2
    assert await dead.replay(name, [letters["m1"]]) == 0
    taken = await take(stage.queue(), 2)
    assert sorted(ids(taken)) == ["m1", "m3"]
    assert taken[0].wire in (wire("m1"), wire("m3"))
    assert sorted(letter.wire.message_id for letter in await dead.list(name)) == ["m0", "m2"]


async def test_all_are_put_back_into_their_own_queue_only(stage: Stage) -> None:
    dead = stage.bus.dead_letters
    for name in stage.names[:2]:
        await dead.park(name, wire(f"of {name}"), "for now")
    assert await dead.replay(stage.names[0]) == 1
    assert await dead.replay(stage.names[0]) == 0
    assert ids(await take(stage.queue(0), 1)) == [f"of {stage.names[0]}"]
    assert await is_empty(stage.queue(1))
    assert (await dead.depths())[stage.names[1]] == 1


async def test_a_message_parked_again_has_its_new_reason(stage: Stage) -> None:
    dead, name = stage.bus.dead_letters, stage.names[0]
    await dead.park(name, wire("m"), "first")
    await dead.replay(name)
    (delivery,) = await take(stage.queue(), 1)
    await dead.park(name, delivery.wire, "second")
    await stage.queue().ack([delivery])
    assert [letter.reason for letter in await dead.list(name)] == ["second"]


async def test_one_poison_message_among_many_stops_nobody(stage: Stage) -> None:
    names = [f"m{number}" for number in range(300)]
    await stage.publish(*names[:137], "poison", *names[137:])
    handled = await asyncio.wait_for(handle(stage, stage.queue(), 301), 60)
    assert sorted(handled) == sorted(names)
    assert [letter.wire.message_id for letter in await stage.bus.dead_letters.list(stage.names[0])] == ["poison"]
    assert await is_empty(stage.queue())


async def handle(stage: Stage, queue: Queue, count: int) -> list[str]:
    handled: list[str] = []
    seen = 0
    while seen < count:
        batch = await queue.receive(50)
        seen += len(batch)
        for name, delivery in zip(ids(batch), batch, strict=True):
            if name == "poison":
                await stage.bus.dead_letters.park(queue.name, delivery.wire, "crashed")
            else:
                handled.append(name)
        await queue.ack(batch)
    return handled


@pytest.mark.parametrize(
    "odd",
    [
        Wire({}, b""),
        Wire({"ce-id": "x" * 5000, "X-Other": "kept"}, b"\x00\xff" * 1000, "text/html; charset=latin-1"),
        Wire({"ce-id": "a\x00b"}, b"{"),
    ],
    ids=["empty", "foreign", "NUL in a header"],
)
async def test_whatever_cannot_be_read_can_be_parked_and_seen(stage: Stage, odd: Wire) -> None:
    await stage.bus.dead_letters.park(stage.names[0], odd, "malformed: \x00")
    (letter,) = await stage.bus.dead_letters.list(stage.names[0])
    assert letter.wire == odd
    assert letter.reason.startswith("malformed")


async def test_a_perishable_message_is_never_parked(stage: Stage) -> None:
    with pytest.raises(Unavailable):
        await stage.bus.dead_letters.park(stage.names[2], wire("card"), "crashed")
    assert stage.names[2] not in await stage.bus.dead_letters.depths()
