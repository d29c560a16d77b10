"""Waiting for what comes about elsewhere."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

SECONDS = 20.0


async def until(found: Callable[[], Awaitable[Any]], wanted: Any, seconds: float = SECONDS) -> None:
    """Wait until it answers what is wanted; on time-out, fail with what it answered last."""
    last = await found()
    try:
        async with asyncio.timeout(seconds):
            while last != wanted:
                await asyncio.sleep(0.02)
                last = await found()
    except TimeoutError:
        assert last == wanted, f"after {seconds} s: {last}"
