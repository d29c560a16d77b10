"""Loops keep what they hold until it is handled, outlive trouble, and end between two pieces of work."""

import asyncio
from collections.abc import Sequence

import pytest

from core.kernel.trouble import Unavailable
from core.messaging.envelope import Wire
from core.messaging.ports import Delivery
from entrypoints import loops
from entrypoints.loops import CarryOut, Consume, ConsumePerishable, Nudge, Repeat, Runner


class Queue:
    """Two messages, once; then nothing, for ever."""

    name = "q"

    def __init__(self) -> None:
        self.batches = [[Delivery(Wire({}, b""), n) for n in range(2)]]
        self.handed_back: list[Delivery] = []

    async def receive(self, most: int) -> Sequence[Delivery]:
        if not self.batches:
            await asyncio.Event().wait()
        return self.batches.pop()

    async def hand_back(self, deliveries: Sequence[Delivery]) -> None:
        self.handed_back += deliveries


class Handler:
    """Fails as often as told, then handles; says when it did."""

    def __init__(self, *troubles: Exception) -> None:
        self.troubles, self.handled, self.calls = list(troubles), asyncio.Event(), 0

    async def __call__(self, _queue: Queue, _deliveries: Sequence[Delivery]) -> None:
        self.calls += 1
        if self.troubles:
            raise self.troubles.pop()
        self.handled.set()


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "PAUSE_SECONDS", 0.001)


async def test_messages_stay_in_hand_while_the_database_is_away() -> None:
    queue, handler = Queue(), Handler(*[Unavailable("away")] * 30, ZeroDivisionError())
    runner = Runner(Consume(queue, handler, 10))  # type: ignore[arg-type]
    async with asyncio.timeout(5):
        await handler.handled.wait()
    await runner.stop()
    assert (handler.calls, queue.handed_back) == (32, [])


async def test_stopping_waits_for_the_piece_of_work_in_hand() -> None:
    entered, leave, finished = asyncio.Event(), asyncio.Event(), []

    async def work() -> int:
        entered.set()
        await leave.wait()
        finished.append(1)
        return 1

    runner = Runner(Repeat("work", work, Nudge()))
    await entered.wait()
    stopping = asyncio.create_task(runner.stop())
    await asyncio.sleep(0)
    assert not finished
    leave.set()
    await stopping
    assert finished == [1]


async def test_work_that_outlasts_the_stop_is_cut_off() -> None:
    entered = asyncio.Event()

    async def work() -> int:
        entered.set()
        await asyncio.Event().wait()
        return 0

    runner = Runner(Repeat("work", work, Nudge()))
    await entered.wait()
    async with asyncio.timeout(5):
        await runner.stop(seconds=0.01)


async def test_a_nudge_given_while_at_work_is_heard_afterwards() -> None:
    nudge, calls, second = Nudge(), [], asyncio.Event()

    async def work() -> int:
        calls.append(1)
        if len(calls) == 1:
            nudge()
        else:
            second.set()
        return 0

    runner = Runner(Repeat("work", work, nudge))
    nudge()
    async with asyncio.timeout(loops.IDLE_SECONDS * 0.8):
        await second.wait()
    await runner.stop()


async def test_a_loop_is_not_idle_while_a_nudge_is_unheard() -> None:
    nudge = Nudge()

    async def work() -> int:
        return 0

    repeat = Repeat("work", work, nudge)
    assert repeat.idle
    nudge()
    assert not repeat.idle


class Stack:
    """Items to carry out, handed out as asked for; "slow" ones take until they are let go."""

    def __init__(self, *items: str) -> None:
        self.items, self.done, self.let_go = list(items), list[str](), asyncio.Event()
        self.quick = asyncio.Event()

    async def claim(self, most: int) -> list[str]:
        taken, self.items = self.items[:most], self.items[most:]
        return taken

    async def carry_out(self, item: str) -> None:
        if item == "slow":
            await self.let_go.wait()
        self.done.append(item)
        if self.done.count("quick") == 5:
            self.quick.set()


async def test_a_slow_errand_holds_up_no_other() -> None:
    stack = Stack("slow", *["quick"] * 5)
    loop = CarryOut("errand", stack, Nudge(), at_once=2)  # type: ignore[arg-type]
    runner = Runner(loop)
    async with asyncio.timeout(5):
        await stack.quick.wait()
    assert (stack.done, loop.idle) == (["quick"] * 5, False)
    stack.let_go.set()
    await runner.stop()
    assert (stack.done[-1], loop.idle) == ("slow", True)


async def test_a_slow_perishable_message_holds_up_no_other() -> None:
    queue, let_go, quick = Queue(), asyncio.Event(), asyncio.Event()
    queue.batches = [[Delivery(Wire({}, b""), n)] for n in range(3)]

    async def handle(_queue: Queue, delivery: Delivery) -> bool:
        if delivery.handle == 2:
            await let_go.wait()
        elif delivery.handle == 0:
            quick.set()
        return True

    loop = ConsumePerishable(queue, handle, at_once=2)  # type: ignore[arg-type]
    runner = Runner(loop)
    async with asyncio.timeout(5):
        await quick.wait()
    assert not loop.idle
    let_go.set()
    await runner.stop()
    assert loop.idle
