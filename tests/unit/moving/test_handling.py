"""What becomes of a batch: handled once, put off, or parked; never lost."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import pytest

from core.contracts.access import AccessRestored
from core.contracts.message import Message
from core.kernel.ids import UserId
from core.kernel.trouble import Malformed, Unavailable
from core.messaging.envelope import Envelope, Trace, Wire
from core.messaging.handling import Handler
from core.messaging.ports import Delivery, PutOff
from tests.conftest import ManualClock
from tests.fakes.memory import NOON, InMemoryTx


class Tx(InMemoryTx):
    def __init__(self, world: "World") -> None:
        super().__init__(NOON)
        self._world, self.inbox, self.retries = world, self, self
        self.noted: set[str] = set()
        self.effects: list[str] = []
        self.forgotten: list[PutOff] = []
        self.put: list[PutOff] = []

    async def fresh(self, consumer: str, ids: Sequence[str]) -> set[str]:
        new = set(ids) - self._world.inbox
        self.noted |= new
        return new

    async def put_off(self, message: PutOff) -> None:
        self.put.append(message)

    async def due(self, queue: str, most: int) -> Sequence[PutOff]:
        return [message for message in self._world.put_off.values() if message.available_at <= self._world.clock.now()][
            :most
        ]

    async def forget(self, message: PutOff) -> None:
        self.forgotten.append(message)


class World:
    """One consumer with its database, queue and dead letters, in memory."""

    name = "billow.test.access"

    def __init__(self) -> None:
        self.clock = ManualClock(NOON)
        self.inbox: set[str] = set()
        self.effects: list[str] = []
        self.put_off: dict[str, PutOff] = {}
        self.parked: list[str] = []
        self.acked = 0
        self.trouble: dict[str, Exception] = {}
        self.away = False
        self.handler = Handler(self.name, {AccessRestored: self.use_case}, self.transactions, self, self, self.clock)

    @asynccontextmanager
    async def transactions(self, trace: Trace | None = None) -> AsyncIterator[Tx]:
        if self.away:
            raise Unavailable("no database")
        tx = Tx(self)
        yield tx
        self.inbox |= tx.noted
        self.effects += tx.effects
        self.put_off |= {message.wire.message_id: message for message in tx.put}
        for message in tx.forgotten:
            self.put_off.pop(message.wire.message_id, None)

    async def use_case(self, message: AccessRestored, tx: Tx) -> None:
        if message.user_id in self.trouble:
            raise self.trouble[message.user_id]
        tx.effects.append(message.user_id)

    def read(self, wire: Wire) -> Envelope:
        if wire.body == b"poison":
            raise Malformed("no JSON")
        message: Message = AccessRestored(UserId(wire.body.decode()), NOON)
        return Envelope(UUID(int=int(wire.message_id)), "test", NOON, 1, Trace("c", "c"), message)

    async def park(self, queue: str, wire: Wire, reason: str) -> None:
        self.parked.append(reason)

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        self.acked += len(deliveries)

    async def deliver(self, *users: str, first_id: int = 1) -> None:
        wires = [Wire({"ce-id": str(n)}, user.encode()) for n, user in enumerate(users, first_id)]
        await self.handler(self, [Delivery(wire, None) for wire in wires])  # type: ignore[arg-type]


@pytest.fixture
def world() -> World:
    return World()


async def test_a_message_delivered_again_has_no_second_effect(world: World) -> None:
    await world.deliver("ann")
    await world.deliver("ann")
    assert (world.effects, world.acked) == (["ann"], 2)


async def test_the_same_message_twice_in_one_batch_has_one_effect(world: World) -> None:
    wire = Wire({"ce-id": "1"}, b"ann")
    await world.handler(world, [Delivery(wire, 1), Delivery(wire, 2)])  # type: ignore[arg-type]
    assert world.effects == ["ann"]


async def test_an_unreadable_message_is_parked_and_the_rest_of_its_batch_is_handled(world: World) -> None:
    await world.deliver("ann", "poison", "bob")
    assert (world.effects, world.parked, world.acked) == (["ann", "bob"], ["malformed: no JSON"], 3)


async def test_a_crashing_message_is_put_off_and_the_rest_of_its_batch_is_handled(world: World) -> None:
    world.trouble["eve"] = ZeroDivisionError("bug")
    await world.deliver("ann", "eve", "bob")
    assert world.effects == ["ann", "bob"]
    assert [(m.attempts, m.reason) for m in world.put_off.values()] == [(1, "crashed: ZeroDivisionError: bug")]


async def test_what_was_put_off_is_handled_when_its_time_has_come_and_not_before(world: World) -> None:
    world.trouble["eve"] = Unavailable("away")
    await world.deliver("eve")
    world.trouble.clear()
    assert await world.handler.retry_due() == 0
    world.clock.time += timedelta(seconds=1)
    assert await world.handler.retry_due() == 1
    assert (world.effects, world.put_off) == (["eve"], {})


async def test_a_message_that_never_succeeds_is_parked_with_its_last_reason(world: World) -> None:
    world.trouble["eve"] = ZeroDivisionError("bug")
    await world.deliver("eve")
    for _ in range(6):
        world.clock.time += timedelta(hours=1)
        await world.handler.retry_due(most=1)
    assert (world.parked, world.put_off) == (["crashed: ZeroDivisionError: bug"], {})


async def test_nothing_is_acked_while_the_database_is_away(world: World) -> None:
    world.away = True
    with pytest.raises(Unavailable):
        await world.deliver("ann")
    assert (world.acked, world.parked) == (0, [])
    world.away = False
    await world.deliver("ann")
    assert (world.acked, world.effects) == (1, ["ann"])


async def test_an_unreadable_message_is_parked_once_however_often_its_batch_is_tried(world: World) -> None:
    world.away = True
    for _ in range(3):
        with pytest.raises(Unavailable):
            await world.deliver("poison", "ann")
    world.away = False
    await world.deliver("poison", "ann")
    assert (world.parked, world.effects) == (["malformed: no JSON"], ["ann"])


async def test_a_message_of_a_kind_nobody_handles_here_is_parked(world: World) -> None:
    world.handler = Handler(world.name, {}, world.transactions, world, world, world.clock)
    await world.deliver("ann")
    assert world.parked == ["malformed: access.restored.v1 is not handled here"]
