"""One queue: rows are leased when received, and gone when acked. A lease that runs out is delivered again."""

import asyncio
import logging
from collections.abc import Sequence
from uuid import UUID

from adapters.inprocess.bells import Bells
from adapters.inprocess.store import Store, wire_of
from adapters.inprocess.tables import DONE, FORGET_EXPIRED, HAND_BACK, TAKE
from core.kernel.trouble import Unavailable
from core.messaging.ports import Delivery

log = logging.getLogger(__name__)

_LOOK_SECONDS, _TROUBLE_SECONDS = 1.0, 0.5


class PostgresQueue:
    """`lease`: seconds after which what was not settled is delivered again, to whoever asks."""

    def __init__(self, name: str, store: Store, bells: Bells, holder: UUID, lease: float) -> None:
        self._name, self._store, self._bells, self._holder, self._lease = name, store, bells, holder, lease
        self._strays: set[asyncio.Task[None]] = set()

    @property
    def name(self) -> str:
        return self._name

    async def receive(self, most: int) -> Sequence[Delivery]:
        while True:
            self._bells.hush(self._name)
            try:
                if batch := await self._take(most):
                    return batch
            except Unavailable as error:
                log.warning("cannot consume", extra={"queue": self._name, "error": str(error)})
                await asyncio.sleep(_TROUBLE_SECONDS)
                continue
            await self._bells.heard(self._name, _LOOK_SECONDS)

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        await self._settle(DONE, deliveries)

    async def hand_back(self, deliveries: Sequence[Delivery]) -> None:
        await self._settle(HAND_BACK, deliveries)
        self._bells.ring(self._name)

    async def _take(self, most: int) -> Sequence[Delivery]:
        """A lease taken for somebody who has left meanwhile is handed back."""
        taking = asyncio.create_task(self._lease_rows(most))
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            stray = asyncio.create_task(self._return(taking))
            self._strays.add(stray)
            stray.add_done_callback(self._strays.discard)
            raise

    async def _lease_rows(self, most: int) -> Sequence[Delivery]:
        rows = await self._store.rows(TAKE, self._name, most, self._lease, self._holder)
        if not rows:
            await self._store.run(FORGET_EXPIRED, self._name)
        if len(rows) == most:
            self._bells.ring(self._name)  # there may be more, for another receiver
        rows.sort(key=lambda row: int(row["position"]))
        return [Delivery(wire_of(row), (row["position"], row["takes"])) for row in rows]

    async def _return(self, taking: asyncio.Task[Sequence[Delivery]]) -> None:
        try:
            await self.hand_back(await taking)
        except Unavailable as error:
            log.info("the lease has to run out", extra={"queue": self._name, "error": str(error)})

    async def _settle(self, statement: str, deliveries: Sequence[Delivery]) -> None:
        """What cannot be settled now comes again when its lease ends."""
        if not deliveries:
            return
        positions, takes = zip(*(delivery.handle for delivery in deliveries), strict=True)
        try:
            await self._store.run(statement, positions, takes)
        except Unavailable as error:
            log.warning("not settled", extra={"queue": self._name, "error": str(error)})

    async def close(self) -> None:
        await asyncio.gather(*self._strays)
