"""Tells the receivers of this process that something came; others find it by looking now and then."""

import asyncio
from collections import defaultdict
from contextlib import suppress


class Bells:
    def __init__(self) -> None:
        self._bells: dict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def ring(self, queue: str) -> None:
        self._bells[queue].set()

    def hush(self, queue: str) -> None:
        """Before looking, so that what comes while looking rings again."""
        self._bells[queue].clear()

    async def heard(self, queue: str, seconds: float) -> None:
        """Returns when it rings, or after so many seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._bells[queue].wait(), seconds)
