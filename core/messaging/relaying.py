"""The relay: outbox rows are leased, published with no transaction open, and removed only when confirmed."""

import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from core.messaging.ports import Publisher, RelayTx
from core.messaging.watching import UNWATCHED, Watch

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Relay:
    """Publishes one role's outbox. Any number of relays may share the work: handlers accept any order."""

    transactions: Callable[[], AbstractAsyncContextManager[RelayTx]]
    publisher: Publisher
    most: int = 500
    watch: Watch = UNWATCHED

    async def __call__(self) -> int:
        """Relay one batch; answers how many rows were taken. Dying anywhere in here publishes twice at worst."""
        async with self.transactions() as tx:
            rows = await tx.lease(self.most)
        if not rows:
            return 0
        answers = await self.publisher.publish([row.outgoing for row in rows])
        told = list(zip(rows, answers, strict=True))
        failed = [(row, error) for row, error in told if error is not None]
        for row, error in told:
            self.watch.publish(row.outgoing.exchange, "done" if error is None else "failed")
        for row, error in failed:
            log.error(
                "not published",
                extra={"exchange": row.outgoing.exchange, "kind": row.outgoing.routing_key, "error": error},
            )
        async with self.transactions() as tx:
            if published := [row for row, error in told if error is None]:
                await tx.published(published)
            if failed:
                await tx.failed(failed)
        return len(rows)
