"""Whoever counts is told the truth: after the commit, and once for each delivery."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from core.kernel.trouble import Unavailable
from core.messaging.carrying import Carrier
from core.messaging.following import CORRELATION_ID, following
from core.messaging.relaying import Relay
from tests.unit.moving.test_handling import World
from tests.unit.moving.test_relaying import Broker, Outbox


class Counting:
    def __init__(self) -> None:
        self.told: Counter[tuple[str, ...]] = Counter()

    def message(self, queue: str, kind: str, became: str) -> None:
        self.told[kind, became] += 1

    def errand(self, errand: str, became: str) -> None:
        self.told[errand, became] += 1

    def publish(self, exchange: str, became: str) -> None:
        self.told[exchange, became] += 1


@pytest.fixture
def counting() -> Counting:
    return Counting()


@pytest.fixture
def world(counting: Counting) -> World:
    world = World()
    world.handler = replace(world.handler, watch=counting)
    return world


async def test_a_repeated_message_is_told_apart_from_a_handled_one(world: World, counting: Counting) -> None:
    await world.deliver("ann")
    await world.deliver("ann")
    assert counting.told == {("access.restored.v1", "handled"): 1, ("access.restored.v1", "repeated"): 1}


async def test_what_was_rolled_back_is_not_called_handled(world: World, counting: Counting) -> None:
    world.trouble["eve"] = Unavailable("away")
    await world.deliver("eve", "ann")
    assert counting.told == {("access.restored.v1", "handled"): 1, ("", "put_off"): 1}


async def test_nothing_is_told_while_nothing_is_certain(world: World, counting: Counting) -> None:
    world.away = True
    with pytest.raises(Unavailable):
        await world.deliver("ann", "poison")
    assert not counting.told


async def test_publishes_are_told_by_the_broker_s_answer(counting: Counting) -> None:
    outbox = Outbox(1, 2, 3)
    await Relay(outbox, Broker(outbox, [None, "unroutable", None]), watch=counting)()  # type: ignore[arg-type]
    assert counting.told == {("x", "done"): 2, ("x", "failed"): 1}


class Errand:
    """Two items, one of which cannot be done; it notes which chain each belonged to."""

    def __init__(self) -> None:
        self.chains: list[str] = []

    async def claim(self, tx: Any, most: int) -> list[Any]:
        return [Item("chain-1", fails=False), Item("chain-2", fails=True)]

    async def perform(self, item: "Item") -> None:
        self.chains.append(CORRELATION_ID.get())
        if item.fails:
            raise ZeroDivisionError

    async def record(self, item: "Item", result: None, tx: Any) -> None: ...


class Item:
    def __init__(self, correlation_id: str, *, fails: bool) -> None:
        self.key, self.correlation_id, self.fails = correlation_id, correlation_id, fails


@asynccontextmanager
async def no_transaction(trace: object = None) -> AsyncIterator[None]:
    yield


async def test_errands_are_told_and_each_follows_its_own_chain(counting: Counting) -> None:
    errand = Errand()
    with following("somebody else's"):
        carrier = Carrier(errand, no_transaction, watch=counting)
        for item in await carrier.claim(2):
            await carrier.carry_out(item)
        assert CORRELATION_ID.get() == "somebody else's"
    assert counting.told == {("Errand", "done"): 1, ("Errand", "failed"): 1}
    assert sorted(errand.chains) == ["chain-1", "chain-2"]
