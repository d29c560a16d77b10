"""Carrying out errands: claimed in one transaction, done with none open, recorded in another."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.kernel.ids import derived
from core.messaging.envelope import Trace
from core.messaging.following import following
from core.messaging.ports import Transactions
from core.messaging.shapes import Errand
from core.messaging.watching import UNWATCHED, Watch

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Carrier:
    """One errand of one role: what is claimed is carried out, each item by itself."""

    errand: Errand[Any, Any, Any]
    transactions: Transactions[Any]
    watch: Watch = UNWATCHED

    async def claim(self, most: int) -> Sequence[Any]:
        """Items that are due, leased."""
        async with self.transactions() as tx:
            return await self.errand.claim(tx, most)

    async def carry_out(self, item: Any) -> None:
        """Never raises: what fails is claimed again when its lease ends."""
        name, trace = type(self.errand).__name__, self._trace(item)
        with following(trace.correlation_id):
            try:
                result = await self.errand.perform(item)
                async with self.transactions(trace) as tx:
                    await self.errand.record(item, result, tx)
                log.info("errand done", extra={"errand": name})
            except Exception:
                log.exception("errand failed", extra={"errand": name})
                self.watch.errand(name, "failed")
            else:
                self.watch.errand(name, "done")

    def _trace(self, item: Any) -> Trace:
        """An item may carry the correlation id of the message that made it; else the chain starts here."""
        cause = str(derived("errand", type(self.errand).__name__, getattr(item, "key", item)))
        return Trace(getattr(item, "correlation_id", None) or cause, cause)
