"""Everything that can go wrong on the way to a broker is `Unavailable`, and ends within a deadline."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from aiormq.exceptions import AMQPError

from core.kernel.trouble import Unavailable

T = TypeVar("T")

LOST = (AMQPError, OSError, RuntimeError, TimeoutError, asyncio.CancelledError)
"""What the library raises when a connection or channel is gone. It cancels the waiting calls of a dead connection."""


async def within(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, in a task of its own, so that a dying connection cannot cancel the caller."""
    task = asyncio.create_task(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
    except asyncio.CancelledError:
        task.cancel()
        raise
    if not done:
        task.cancel()
        raise Unavailable(f"the broker did not answer within {seconds:g} s")
    try:
        return task.result()
    except LOST as error:
        raise Unavailable(f"broker: {told(error)}") from error


def told(error: BaseException) -> str:
    """One line for logs; many of the library's errors have no text."""
    return f"{type(error).__name__} {error}".strip()
